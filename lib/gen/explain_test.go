package gen

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// The expected numbers of different values are those that come.
func TestExplain(t *testing.T) {
	const n = 20_000
	for _, c := range []string{
		"int,1..30k", "int,1..30k,zipf=1", "int,1..100k,zipf=.7", "int,1..1000,hot=20:80", "int,1..50k,zipf=2", "pick,a,b,c", "words,card=3000", "uuid4,card=3000", "words,card=3000,zipf=1.5",
		"date", "float,0..100", "ip4,10.0.0.0/20", "uniq,1..1M", "pick,a=98,b=1,c=1",
	} {
		p := fields(t, "v:"+c)
		seen := map[string]bool{}
		var line []byte
		for i := range int64(n) {
			line = p.Append(line[:0], i, 0)
			at, _ := jsonscan.Find(line, jsonscan.Path{"v"})
			seen[string(line[at.Start:at.End])] = true
		}
		told := p.Explain(n)
		want := float64(len(seen))
		if strings.Contains(told, "all different") {
			if len(seen) != n {
				t.Errorf("%s: %d of %d are different; told %s", c, len(seen), n, told)
			}
			continue
		}
		m := regexp.MustCompile(`about ([0-9]+) different of`).FindStringSubmatch(told)
		if m == nil {
			t.Errorf("%s: %s", c, told)
			continue
		}
		got, _ := strconv.ParseFloat(m[1], 64)
		if math.Abs(got-want) > 0.02*want+3*math.Sqrt(want) { // which values come is chance
			t.Errorf("%s: told %.0f; there are %.0f", c, got, want)
		}
	}
	if told := fields(t, "a:int,1..9 b:mac,by=a").Explain(n); strings.Contains(told, "a chance of") {
		t.Errorf("nine values of a have nine of b; told %s", told)
	}
	told := fields(t, "a:hex,2 b:list,2,obj,c=int:1..9 d:seq,null=10%").Explain(1000)
	for _, want := range []string{"two alike with a chance of 1", "b.[].c ", "9 different", "record 0: {"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is missing: %s", want, told)
		}
	}
}
