package like

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ndjsontools/lib/gen"
	"ndjsontools/lib/jsonscan"
)

// sampled is the template of records that a schema makes, or of the lines given.
func sampled(t *testing.T, lines []string) string {
	t.Helper()
	var s Sample
	for _, line := range lines {
		if !s.Add([]byte(line)) {
			t.Fatalf("%s is no object", line)
		}
	}
	text := s.Template()
	if !json.Valid(text) {
		t.Fatalf("the template %s is not JSON", text)
	}
	return string(text)
}

// made are the first n records of a template.
func made(t *testing.T, template string, n int64) (lines []string) {
	t.Helper()
	s, err := gen.ParseTemplate("template", []byte(template))
	if err != nil {
		t.Fatalf("%v: %s", err, template)
	}
	p, err := gen.Compile(s, gen.Options{})
	if err != nil {
		t.Fatalf("%v: %s", err, template)
	}
	for i := range n {
		lines = append(lines, strings.TrimSuffix(string(p.Append(nil, i, 0)), "\n"))
	}
	return lines
}

// What single fields are taken for.
func TestFields(t *testing.T) {
	for _, c := range []struct{ values, want string }{
		{`1 2 3 4 5 6`, `"{{seq,1}}"`},
		{`10 8 6 4 2`, `"{{seq,10,step=-2}}"`},
		{`200 200 404 200 200 200`, `"{{pick,200=5,404=1}}"`},
		{`"a" "b" "a" "a" "b" "a"`, `"{{pick,a=4,b=2}}"`},
		{`"1" "null" "1" "null" ".x" ".x" "1" "1" "1"`, `"{{pick,\\1=5,\\null=2,\\.x=2}}"`},
		{`true true false true`, `"{{bool,p=75%}}"`},
		{`null null`, `"{{null}}"`},
		{`"x" "x" "x"`, `"x"`},
		{`"x{{" "x{{" "x{{"`, `"x{{{{"`},
		{`3 null 3 null`, `"{{pick,null=50%,3}}"`},
		{`7`, `"{{pick,7}}"`},
		{`"2024-01-01T00:00:00Z" "2024-01-01T00:00:05Z" "2024-01-01T00:00:10Z"`, `"{{time,start=2024-01-01T00:00:00Z,step=5s}}"`},
		{`1704067200000 1704067200010 1704067200031`, `"{{time,start=2024-01-01T00:00:00Z,step=16ms,jitter=16ms,unix=ms}}"`},
		{`"2024-05-05" "2024-01-01" "2024-02-02"`, `"{{date,2024-01-01..2024-05-05}}"`},
		{`"6ba7b810-9dad-41d1-80b4-00c04fd430c8" "6ba7b811-9dad-41d1-80b4-00c04fd430c8"`, `"{{uuid4}}"`},
		{`"10.0.0.1" "10.1.2.3"`, `"{{ip4,10.0.0.0/15}}"`},
		{`"10.0.0.1" "11.1.2.3" "192.168.1.1"`, `"{{ip4}}"`},
		{`0.5 0.25 0.75`, `"{{float,0.25..0.75,dp=2}}"`},
		{`1e20 5`, `"{{int,5..9007199254740991}}"`},
		{`-0 5 7`, `"{{int,0..7}}"`},
		{`1704067200000000 1704067200001000 1704067200003000`, `"{{time,start=2024-01-01T00:00:00Z,step=1.5ms,jitter=1.5ms,unix=us}}"`},
		{`"1900-02-28" "1999-01-01" "1950-02-02"`, `"{{date,1900-02-28..1999-01-01}}"`},
		{`"0001-01-01T00:00:00Z" "9999-12-31T23:59:59Z" "2024-01-01T00:00:00Z"`, `"{{time,0001-01-01T00:00:00Z..9999-12-31T23:59:59Z}}"`},
		{`"1600-01-01T00:00:00Z" "1600-01-02T00:00:00Z" "1600-01-03T00:00:00Z"`, `"{{time,1600-01-01T00:00:00Z..1600-01-03T00:00:00Z}}"`},
		{`"/b/1" "/a/72" "/b/900" "/a/8" "/" "/a/13" "/" "/a/9" "/a/11"`, `["{{one,2,5,2}}","/","/a/{{int,8..72}}","/b/{{int,1..900}}"]`},
		{`"::1" "fe80::2"`, `"{{ip6}}"`},
		{`"aa:bb:cc:dd:ee:ff" "00:00:00:00:00:00"`, `"{{mac}}"`},
		{`"a@b.org" "c@d.com"`, `"{{fake,email}}"`},
		{`"https://a/" "http://b"`, `"{{fake,url}}"`},
		{`"dev-1" "dev-17" "dev-300"`, `"dev-{{int,1..300}}"`},
		{`"12" "345" "7"`, `"{{int,7..345,str}}"`},
		{`"AB-07x" "XY-11x" "QR-99x" "AA-00x"`, `"{{regex,[A-Z]{2}-\\d{2}x}}"`},
		{`"0123456789abcdef" "fedcba9876543210"`, `"{{hex,8}}"`},
		{`"one two three" "four five six seven" "eight nine"`, `"{{words,1..3}}"`},
		{`[1,2] [] [3,4]`, `["{{*0..2}}","{{int,1..4}}"]`},
		{`{"b":"x"} {"b":"x","c":1} {"b":"x"} null`, `["{{one,null=25%}}",{"b":"x","c":"{{pick,absent=66.6667%,1}}"}]`},
		{`1 "a" "a" 2 "a" {} null`, `["{{one,2,3,1,null=14.2857%}}","{{int,1..2}}","a",{}]`},
		{`"" "" "b" "b" "" "b"`, `["{{one,3,3}}","","b"]`},
	} {
		var lines []string
		for _, v := range split2(c.values) {
			lines = append(lines, `{"v":`+v+`}`)
		}
		got := sampled(t, lines)
		if got != `{"v":`+c.want+`}` {
			t.Errorf("%s: %s; want %s", c.values, got, c.want)
		}
		made(t, got, 100)
	}
}

// split2 cuts a row of JSON values.
func split2(text string) (values []string) {
	d := json.NewDecoder(strings.NewReader(text))
	for d.More() {
		var v json.RawMessage
		if d.Decode(&v) != nil {
			return nil
		}
		values = append(values, string(v))
	}
	return values
}

// From sample to template to sample, the shape stays: the second template has
// the same fields and kinds as the first one.
func TestRoundTrip(t *testing.T) {
	for _, name := range gen.PresetNames() {
		if name == "cdc" || name == "events" {
			continue // mixtures: their fields are told as sometimes absent
		}
		s, err := gen.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Template()
		if err != nil {
			t.Fatal(err)
		}
		first := sampled(t, made(t, string(text), 3000))
		second := sampled(t, made(t, first, 3000))
		if a, b := kinds(first), kinds(second); a != b {
			t.Errorf("@%s:\nfirst  %s\nsecond %s", name, first, second)
		}
	}
}

// kinds is a template with the names of types only.
func kinds(template string) string {
	var b strings.Builder
	for i, part := range strings.Split(template, "{{") {
		if i > 0 {
			typ, rest, _ := strings.Cut(part, "}}")
			typ, _, _ = strings.Cut(typ, ",")
			part = typ + rest
		}
		b.WriteString(part)
	}
	return b.String()
}

// Shares and ranges of the new records are those of the sample.
func TestShares(t *testing.T) {
	var lines []string
	for i := range 2000 {
		v := "null"
		if i%4 > 0 {
			v = fmt.Sprint(100 + i*7919%900)
		}
		lines = append(lines, fmt.Sprintf(`{"a":%s%s}`, v, map[bool]string{true: `,"b":{"c":"x"}`}[i%10 < 3]))
	}
	nulls, there := 0, 0
	for _, line := range made(t, sampled(t, lines), 4000) {
		var r struct {
			A *int
			B *struct{ C string }
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.A == nil {
			nulls++
		} else if *r.A < 100 || *r.A > 999 {
			t.Errorf("a = %d; want 100 to 999", *r.A)
		}
		if r.B != nil {
			there++
		}
	}
	if nulls < 900 || nulls > 1100 || there < 1080 || there > 1320 {
		t.Errorf("%d are null, %d have b, of 4000; want about 1000 and 1200", nulls, there)
	}
}

// Values that are too many to be listed, and still come again and again.
func TestRepeats(t *testing.T) {
	var lines []string
	for i := range 20_000 {
		u := i * 7919 % 700
		lines = append(lines, fmt.Sprintf(`{"u":%d,"v":"k%012x","w":%d,"x":"id-%d","y":%d}`, u*u*31, u*u*977, i*7919%20011, 100+u*13, i*i%101))
	}
	template := sampled(t, lines)
	for field, want := range map[string]string{"u": "int,card=", "v": "regex,card=", "w": "int,0..", "x": "id-{{int,card=", "y": "{{"} {
		_, rest, _ := strings.Cut(template, `"`+field+`":"`)
		if rest = strings.TrimPrefix(rest, "{{"); !strings.HasPrefix(rest, strings.TrimPrefix(want, "{{")) {
			t.Errorf("%s is %.60s; want %s", field, rest, want)
		}
	}
	seen := map[string]bool{}
	for _, line := range made(t, template, 20_000) {
		var r struct{ V string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		seen[r.V] = true
	}
	if len(seen) < 620 || len(seen) > 780 {
		t.Errorf("v has %d different values; want about 700", len(seen))
	}
	var d distinct
	for i := range 100_000 {
		d.add(fmt.Sprint(i % 50_000))
		if n := d.estimate(); i < kept-1 && n != float64(i+1) {
			t.Fatalf("%d values are estimated at %v", i+1, n)
		}
	}
	if n := d.estimate(); n < 42_000 || n > 58_000 {
		t.Errorf("50000 different values are estimated at %.0f", n)
	}
}

// Numbers of any size have a template that compiles.
func TestExtremes(t *testing.T) {
	for _, values := range []string{
		"1.5 123456789012.123456", "0.000000001 9007199254740991", "-1e300 1e300", "1e-300 1",
	} {
		var lines []string
		for _, v := range strings.Fields(values) {
			lines = append(lines, `{"v":`+v+`}`)
		}
		made(t, sampled(t, lines), 20)
	}
	// A tail so long that its law would pass what a double holds.
	var lines []string
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf(`{"v":%d.25,"w":%d}`, 1+i*i*i*i/1000, (i-500)*(i-500)*(i-500)*10_000_000))
	}
	made(t, sampled(t, lines), 20)
}

// What is too much is left out, and told.
func TestBounds(t *testing.T) {
	var b strings.Builder
	for i := range 2 * MaxFields {
		fmt.Fprintf(&b, `,"f%d":%d`, i, i)
	}
	deep := strings.Repeat(`{"d":`, MaxDepth+5) + "1" + strings.Repeat("}", MaxDepth+5)
	var s Sample
	if !s.Add([]byte(`{"deep":`+deep+b.String()+`}`)) || s.Add([]byte(`[1]`)) || s.Records() != 1 {
		t.Errorf("%d records", s.Records())
	}
	if notes := s.Notes(); len(notes) != 2 || !strings.Contains(notes[0], "1000 fields") || !strings.Contains(notes[1], "32 levels") {
		t.Errorf("notes: %q", notes)
	}
	if n := strings.Count(string(s.Template()), ":"); n != MaxFields {
		t.Errorf("%d fields; want %d", n, MaxFields)
	}
	made(t, string(s.Template()), 2)
}

// Whatever the records are, the template compiles.
func FuzzSample(f *testing.F) {
	f.Add(`{"a":[1,{"b":"x,y=z"}],"c":"1.5e9","d":1704067200000}` + "\n" + `{"a":"\u0000{{}}","c":".id","$w":2}`)
	f.Fuzz(func(t *testing.T, text string) {
		var s Sample
		for line := range strings.Lines(text) {
			if jsonscan.Valid([]byte(line)) == nil && strings.HasPrefix(line, "{") && !strings.Contains(line, "$w") {
				s.Add([]byte(line))
			}
		}
		if s.Records() == 0 {
			return
		}
		schema, err := gen.ParseTemplate("fuzz", s.Template())
		if err != nil {
			t.Fatalf("%v: %s", err, s.Template())
		}
		if _, err := gen.Compile(schema, gen.Options{}); err != nil {
			t.Fatalf("%v: %s", err, s.Template())
		}
	})
}

// What is no number of package gen's is told.
func TestBeyond(t *testing.T) {
	var s Sample
	s.Add([]byte(`{"id":1445566778899001122,"n":9007199254740991}`))
	if got := s.Notes(); len(got) != 1 || !strings.Contains(got[0], "beyond 9007199254740991") {
		t.Errorf("notes %q", got)
	}
}
