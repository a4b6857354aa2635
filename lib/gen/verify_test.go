package gen

import (
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	p := fields(t, "n:uniq,1..5000 a.b:float,0..9 s:list,2,words,2")
	id, ok := p.ID(nil)
	if !ok || id.Path[0] != "n" {
		t.Fatalf("the id is %v, %v; want n", id, ok)
	}
	lines := func() (list []string) {
		for i := range int64(1000) {
			list = append(list, strings.TrimSuffix(string(p.Append(nil, i, 0)), "\n"))
		}
		return list
	}
	for _, c := range []struct {
		name   string
		level  Level
		change func(l []string) []string
		want   Counts
	}{
		{"nothing", Exact, func(l []string) []string { return l }, Counts{}},
		{"missing", Exact, func(l []string) []string { return l[:997] }, Counts{Missing: 3}},
		{"twice", Exact, func(l []string) []string { return append(l, l[5], l[5], l[5], l[5]) }, Counts{Duplicated: 4}},
		{"swapped", Exact, func(l []string) []string { l[3], l[4] = l[4], l[3]; return l }, Counts{Reordered: 1}},
		{"foreign", Exact, func(l []string) []string { return append(l, `{"n":9999}`, `nonsense`, `{"n":"x"}`) }, Counts{Foreign: 3}},
		{"a field more", Exact, more2, Counts{Altered: 1}},
		{"a field more, values", Values, more2, Counts{}},
		{"a value, values", Values, value, Counts{Altered: 1}},
		{"a value, ids", IDs, value, Counts{}},
	} {
		v := NewVerifier(p, id, &Faults{}, c.level, 0, 1000, 0, 1)
		for _, line := range c.change(lines()) {
			v.Check([]byte(line))
		}
		if got := v.End(); got != c.want {
			t.Errorf("%s: %v; want %v", c.name, got, c.want)
		}
	}
}

func more2(l []string) []string {
	l[7] = `{ "more":1, ` + strings.Replace(l[7][1:], `"a"`, "\"\\u0061\" ", 1)
	return l
}

func value(l []string) []string {
	l[7] = strings.Replace(l[7], `"b":`, `"b":1`, 1)
	return l
}

// The faults of the stream are not those of the pipe.
func TestVerifyFaults(t *testing.T) {
	p := fields(t, "id:seq,str v:int,1..9 k:seq")
	id, _ := p.ID([]string{"k"})
	f := &Faults{Shuffle: 16, End: 5000, Drop: Odds{share: 1 << 61}, Seed: 3}
	if err := f.SetDup("20%"); err != nil {
		t.Fatal(err)
	}
	v := NewVerifier(p, id, f, Exact, 0, 5000, 0, 1)
	for s := range f.End {
		lines, _, _ := f.Append(nil, p, s, 0)
		for line := range strings.Lines(string(lines)) {
			v.Check([]byte(strings.TrimSuffix(line, "\n")))
		}
	}
	if got := v.End(); !got.OK() {
		t.Errorf("an honest pipe: %v", got)
	}
}
