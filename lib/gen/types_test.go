package gen

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// records decodes the field v of the first n records.
func records[T any](t *testing.T, args string, n int64) (list []T) {
	t.Helper()
	p := fields(t, args)
	for i := range n {
		var r struct{ V T }
		line := p.Append(nil, i, 0)
		if err := json.Unmarshal(line, &r); err != nil || len(line) > p.Max() {
			t.Fatalf("%s: record %d: %v, or %s has more than %d bytes", args, i, err, line, p.Max())
		}
		list = append(list, r.V)
	}
	return list
}

// What a pattern makes matches it, and all that it can make comes.
func TestRegex(t *testing.T) {
	for _, c := range []struct {
		pattern string
		strings int // how many different ones there are, 0 for many
	}{
		{`[a-c]x?`, 6}, {`^(foo|bar)$`, 2}, {`(?i)go\.`, 4}, {`a|b|^c`, 3}, {`\d{2}`, 100}, {`[^x]`, 94}, {`.`, 95},
		{`x*`, 9}, {`x+y{2,}`, 9 * 9}, {`["\\\n]`, 3}, {`[а-г]`, 4}, {`a{0}b`, 1}, {`[[:cntrl:]]`, 33}, {`()`, 1},
		{`[\x00-\x{FFFF}]{3}`, 0}, {`\p{Greek}+`, 0}, {`(\w+\.)+[a-z]{2,4}@\S`, 0}, {`[^\x00-\x7F]`, 0}, {`x,nul=1`, 1},
	} {
		p := mustCompile(t, &Schema{forms: []form{{mustFields(t, "v:regex,"+c.pattern), 1}}}, 0)
		match := regexp.MustCompile(`^(?:` + c.pattern + `)$`)
		seen := map[string]bool{}
		for i := range int64(3000) {
			var r struct{ V string }
			line := p.Append(nil, i, 0)
			if err := json.Unmarshal(line, &r); err != nil || len(line) > p.Max() {
				t.Fatalf("%s: %s: %v", c.pattern, line, err)
			}
			if !match.MatchString(r.V) {
				t.Fatalf("%s: %q does not match", c.pattern, r.V)
			}
			seen[r.V] = true
		}
		if c.strings > 0 && len(seen) != c.strings {
			t.Errorf("%s: %d different strings; want %d", c.pattern, len(seen), c.strings)
		}
	}
}

func mustFields(t *testing.T, args ...string) *node {
	s, err := ParseFields(args)
	if err != nil {
		t.Fatal(err)
	}
	return s.forms[0].root
}

// Modifiers stand before the pattern; in a template, braces inside are paired.
func TestRegexPlace(t *testing.T) {
	if got := records[*string](t, `v:regex,null=100%,x`, 1); got[0] != nil {
		t.Errorf("null=100%%: %q", *got[0])
	}
	p, err := compileTemplate(`{"a":"<{{regex,[ab]{2}}}>","b":"{{seq}}}"}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.Append(nil, 1, 0)); !regexp.MustCompile(`^\{"a":"<[ab]{2}>","b":"1}"\}\n$`).MatchString(got) {
		t.Errorf("a template has %s", got)
	}
}

// Alternatives are all as likely, whatever they have in common.
func TestRegexAlternatives(t *testing.T) {
	for pattern, weights := range map[string]map[string]float64{
		`x|y|zz`:                 {"x": 1, "y": 1, "zz": 1},
		`^(GET|PUT|POST|PATCH)$`: {"GET": 1, "PUT": 1, "POST": 1, "PATCH": 1},
		`v(?:1|10|[|)])`:         {"v1": 2, "v10": 2, "v|": 1, "v)": 1},
		`(?P<n>aa|ab|(?:c|d))`:   {"aa": 2, "ab": 2, "c": 1, "d": 1},
		`\Qa|b\E|[]|]x|\|`:       {"a|b": 2, "]x": 1, "|x": 1, "|": 2},
		`[[:digit:]|]?|(?i)a`:    {"": 11, "a": 11, "A": 11, "0": 1, "1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "9": 1, "|": 1},
		`|a|ab`:                  {"": 1, "a": 1, "ab": 1},
	} {
		const n = 20_000
		counts, total := map[string]float64{}, 0.0
		for _, v := range records[string](t, "v:regex,"+pattern, n) {
			counts[v]++
		}
		for _, w := range weights {
			total += w
		}
		if len(counts) != len(weights) {
			t.Errorf("%s: %v; want %v", pattern, counts, weights)
		}
		for v, w := range weights {
			if want := n * w / total; math.Abs(counts[v]-want) > 5*math.Sqrt(want) {
				t.Errorf("%s: %q came %.0f times of %d; want about %.0f", pattern, v, counts[v], n, want)
			}
		}
	}
}

// A walk stays in its range, goes by its step, and is everywhere at last.
func TestWalk(t *testing.T) {
	const n = 200_000
	for _, step := range []float64{0.01, 0.2} {
		p := newWalk(1000, step*100)
		var squares, most, low, high float64 = 0, 0, 1000, 0
		last := p.at(7, 0)
		for i := int64(1); i < n; i++ {
			v := p.at(7, i)
			squares += (v - last) * (v - last)
			most = max(most, math.Abs(v-last))
			low, high = min(low, v), max(high, v)
			last = v
		}
		if got := math.Sqrt(squares / n); math.Abs(got/(step*100)-1) > 0.05 {
			t.Errorf("step %v: it moves by %v", step*100, got)
		}
		if most > 6*step*100 || low < 0 || high > 1000 || high-low < 500 {
			t.Errorf("step %v: the widest step is %v, the range %v to %v", step*100, most, low, high)
		}
	}
	// by= gives each device a walk of its own: neighbours in time are near.
	p := fields(t, "d:int,1..3 v:walk,0..1000,step=1,by=d")
	type record struct {
		D int
		V float64
	}
	seen := map[int]record{}
	for i := range int64(2000) {
		var r record
		if err := json.Unmarshal(p.Append(nil, i, 0), &r); err != nil {
			t.Fatal(err)
		}
		if last, ok := seen[r.D]; ok && math.Abs(r.V-last.V) > 40 {
			t.Errorf("record %d: device %d goes from %v to %v", i, r.D, last.V, r.V)
		}
		seen[r.D] = r
	}
	if math.Abs(seen[1].V-seen[2].V) < 1 && math.Abs(seen[2].V-seen[3].V) < 1 {
		t.Errorf("all devices walk together: %v", seen)
	}
}

// uniq is each value once: in the stream, or in a list.
func TestUniq(t *testing.T) {
	for args, n := range map[string]int64{
		"v:pick,a,b,c,d,e,uniq": 5, "v:date,2024-01-01..2024-12-31,uniq": 366, "v:ip4,10.0.0.0/24,uniq": 256,
		"v:int,0..100,step=5,uniq,str": 21, "v:float,0..1,dp=1,uniq,str": 11, "v:float,0..1,step=.25,uniq,str": 5, "v:file,words.txt,uniq": 3,
	} {
		got := records[string](t, args, n)
		slices.Sort(got)
		if len(slices.Compact(got)) != int(n) {
			t.Errorf("%s: values stand twice among %v", args, got)
		}
		s, _ := ParseFields([]string{args})
		if _, err := Compile(s, Options{End: n + 1, ReadFile: files}); err == nil || !strings.Contains(err.Error(), "unique values") {
			t.Errorf("%s: %v; want an error for %d values", args, err, n+1)
		}
	}
	orders := map[string]bool{}
	for _, list := range records[[]string](t, "v:list,0..3,pick,a,b,c,uniq", 500) {
		orders[strings.Join(list, "")] = true
	}
	if len(orders) != 16 { // 1 of none, 3 of one, 6 of two, 6 of three
		t.Errorf("lists of different values are %v; want all 16", orders)
	}
}

// hot= is the share that it says, for few values and for many.
func TestHot(t *testing.T) {
	for _, c := range []struct {
		args  string
		n     float64
		ranks float64
	}{
		{"v:int,1..1000,hot=20:80", 1000, .2}, {"v:int,1..1M,hot=20:80", 1_000_000, .2}, {"v:uniq,1..100,card=100,hot=10:50", 100, .1},
	} {
		want := map[float64]float64{.2: .8, .1: .5}[c.ranks]
		count := map[float64]float64{}
		const draws = 100_000
		for _, v := range values(t, c.args, draws) {
			count[v]++
		}
		var often []float64
		for _, k := range count {
			often = append(often, k)
		}
		slices.Sort(often)
		slices.Reverse(often)
		sum := 0.0
		for _, k := range often[:min(len(often), int(c.n*c.ranks))] {
			sum += k
		}
		// Of a million values most are never seen: the frequent ones are then
		// those that are there by chance, and their share is more.
		if share := sum / draws; share < want-.01 || share > want+.01 && c.n <= 1000 {
			t.Errorf("%s: the hot values have %.3f of the records; want %.2f", c.args, share, want)
		}
	}
	if s, ok := exponent(1_000_000, .2, .8); !ok || math.Abs(harmonic(200_000, s)/harmonic(1_000_000, s)-.8) > 1e-9 {
		t.Errorf("the exponent for 20:80 of a million is %v, %v", s, ok)
	}
	for _, s := range []float64{0, .5, 1, 2.5} {
		sum := 0.0
		for k := 1; k <= 5000; k++ {
			sum += math.Pow(float64(k), -s)
		}
		if got := harmonic(5000, s); math.Abs(got/sum-1) > 1e-5 {
			t.Errorf("harmonic(5000, %v) = %v; want %v", s, got, sum)
		}
	}
}

func TestFile(t *testing.T) {
	tables := map[string]string{"w": "a\t9\nb\t1\n\n", "j": "1\n{\"x\": [true]}\r\n\"s\"", "bad": "{\n", "empty": "\n", "nul": "a\t0\n"}
	read := func(name string) ([]byte, error) {
		if text, ok := tables[name]; ok {
			return []byte(text), nil
		}
		return nil, os.ErrNotExist
	}
	compile := func(arg string) (*Plan, error) {
		s, err := ParseFields([]string{"v:file," + arg})
		if err != nil {
			t.Fatal(err)
		}
		return Compile(s, Options{ReadFile: read})
	}
	count := map[string]int{}
	for _, arg := range []string{"w,weighted", "j,json"} {
		p, err := compile(arg)
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(1000) {
			count[string(p.Append(nil, i, 0))]++
		}
	}
	if a, b := count["{\"v\":\"a\"}\n"], count["{\"v\":\"b\"}\n"]; a+b != 1000 || b < 60 || b > 140 {
		t.Errorf("a and b are there %d and %d times; want 900 and 100", a, b)
	}
	if count["{\"v\":{\"x\":[true]}}\n"] < 280 || len(count) != 5 {
		t.Errorf("lines of JSON: %v", count)
	}
	for arg, want := range map[string]string{
		"none": "not exist", "bad,json": "line 1: it is not JSON", "j,weighted": "line 1: a tab", "empty": "no lines", "nul,weighted": "weights are 0", "w,weighted,uniq": "no weights",
	} {
		var bad *SchemaError
		if _, err := compile(arg); !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", arg, err, want)
		}
	}
}

// With as=, values that are put together of names agree.
func TestFakeAgrees(t *testing.T) {
	p := fields(t, "n:fake,name v:fake,email,as=n w:fake,email f:fake,first,as=n")
	same := 0
	for i := range int64(200) {
		var r struct{ N, V, W, F string }
		if err := json.Unmarshal(p.Append(nil, i, 0), &r); err != nil {
			t.Fatal(err)
		}
		first, last, _ := strings.Cut(strings.ToLower(r.N), " ")
		plain := func(s string) string { return regexp.MustCompile(`[^a-z]`).ReplaceAllString(s, "") }
		if !strings.HasPrefix(r.V, plain(first)+"."+plain(last)) || !strings.EqualFold(r.F, first) {
			t.Errorf("%s has the address %s and the first name %s", r.N, r.V, r.F)
		}
		if strings.HasPrefix(r.W, plain(first)+".") {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d of 200 addresses have a name that nobody asked for", same)
	}
}
