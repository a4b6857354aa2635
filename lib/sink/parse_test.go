package sink

import (
	"os"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

func TestParse(t *testing.T) {
	packed := Config{Encode: gzipped}
	for _, test := range []struct {
		dest string
		args []string
		c    Config
		name string
		err  string
	}{
		{"null:", nil, Config{}, "null", ""},
		{"sim:", nil, Config{}, "sim", ""},
		{"sim:latency=10ms", nil, Config{}, "sim", ""},
		{"file:out.ndjson", nil, Config{}, "file:out.ndjson", ""},
		{"file:a:b", nil, Config{}, "file:a:b", ""},
		{"file:/tmp/out", nil, packed, "file:/tmp/out", ""},
		{"file:a", nil, Config{Append: true}, "file:a", ""},
		{"file:a{seq}", nil, Config{Rotate: Rotate{Records: 1}}, "file:a{seq}", ""},
		{"file:a{seq}", nil, Config{}, "", "are for files that rotate"},
		{"file:a{time}", nil, Config{}, "", "are for files that rotate"},
		{"file:a", nil, Config{Rotate: Rotate{Records: 1}}, "", "the name needs a {seq}"},
		{"file:a{seq}", nil, Config{Append: true, Rotate: Rotate{Records: 1}}, "", "contradict"},
		{"file:a", nil, Config{Append: true, Encode: gzipped}, "", "rotate instead"},
		{"file:///tmp/out", nil, Config{}, "file:///tmp/out", ""},
		{"exec", []string{"psql", "-f", "-"}, Config{}, "exec psql", ""},

		{"", nil, Config{}, "", "destination is empty"},
		{"null", nil, Config{}, "", `destination "null" lacks its colon: null:`},
		{"nul:", nil, Config{}, "", `no destination "nul:" (did you mean null:?)`},
		{"fiel:out", nil, Config{}, "", "did you mean file:?"},
		{"gopher:x", nil, Config{}, "", "there are null:, sim:, file:, http:, https:, postgres:, exec"},
		{"null:x", nil, Config{}, "", "nothing after the colon"},
		{"sim:latncy=1s", nil, Config{}, "", "did you mean latency?"},
		{"out.ndjson", nil, Config{}, "", `for a file say file:out.ndjson`},
		{"/tmp/a:b", nil, Config{}, "", "for a file say file:/tmp/a:b"},
		{"file:", nil, Config{}, "", "file: needs a path"},
		{"file:-", nil, Config{}, "", "file:/dev/stdout"},
		{"file://host/x", nil, Config{}, "", "names a host"},
		{"file:dir/", nil, Config{}, "", "ends in a slash"},
		{"exec", nil, Config{}, "", "exec -- CMD"},
		{"exec", []string{""}, Config{}, "", "exec -- CMD"},
		{"exec:psql -f -", nil, Config{}, "", "exec -- psql -f -"},
		{"null:", []string{"sim:"}, Config{}, "", `"sim:" after the destination null:`},
		{"null:", nil, packed, "", "null: takes no compression"},
		{"sim:", nil, packed, "", "sim: takes no compression"},
		{"exec", []string{"cat"}, packed, "", "exec takes no compression"},
	} {
		dest, err := Parse(test.dest, test.args, test.c)
		switch {
		case test.err != "":
			wantStatus(t, err, exit.Usage)
			wantText(t, err, test.err)
		case err != nil:
			t.Errorf("%q: %v", test.dest, err)
		case dest.Name() != test.name:
			t.Errorf("%q: name %q; want %q", test.dest, dest.Name(), test.name)
		}
	}
}

func TestParsePassesTheConfigOn(t *testing.T) {
	clock := &fakeClock{}
	bySuffix := func(path string) Encode {
		if path != "x.gz" {
			t.Errorf("asked for the suffix of %q", path)
		}
		return gzipped
	}
	dest, err := Parse("file:x.gz", nil, Config{EncodeFor: bySuffix, Clock: clock})
	if f, ok := dest.(*file); err != nil || !ok || f.encode == nil || f.clock != clock || f.path != "x.gz" {
		t.Errorf("file %+v, %v", dest, err)
	}
	dest, err = Parse("exec", []string{"cat", "-n"}, Config{Grace: time.Minute, Stdout: os.Stdout, Stderr: os.Stderr})
	if x, ok := dest.(command); err != nil || !ok || len(x.Args) != 2 || x.Grace != time.Minute || x.Stdout != os.Stdout || x.Stderr != os.Stderr {
		t.Errorf("exec %+v, %v", dest, err)
	}
	dest, err = Parse("sim:latency=1s", nil, Config{Clock: clock})
	if s, ok := dest.(sim); err != nil || !ok || s.clock != clock || s.Latency != time.Second {
		t.Errorf("sim %+v, %v", dest, err)
	}
}
