package gen

import (
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// Whatever compiles makes records that are JSON, within the bound, in one line.
func FuzzSchema(f *testing.F) {
	for _, name := range TypeNames() {
		f.Add("id:seq user.id:int,1..9 v:"+types[name].example, true)
	}
	for _, name := range PresetNames() {
		f.Add(presets[name], false)
	}
	f.Add(`a:list,null=1%,0..3,list,0..2,pick,a,b,absent=1 b:by,by=a`, true)
	f.Add(`{"a":["{{*0..2}}",{"b":"x{{int,1..3,by=c,card=3,zipf=1}}{{{{"}],"c":"{{time,late=5%:3s,jitter=9us}}"}`, false)
	f.Fuzz(func(t *testing.T, text string, args bool) {
		var s *Schema
		var err error
		if args {
			s, err = ParseFields(strings.Fields(text))
		} else {
			s, err = ParseTemplate("fuzz", []byte(text))
		}
		if err != nil {
			return
		}
		p, err := Compile(s, Options{})
		if err != nil || p.Max() > 1<<16 {
			return
		}
		for _, i := range []int64{0, min(1, p.Last()), p.Last() / 2, p.Last()} {
			got := p.Append(nil, i, 0)
			if bad := jsonscan.Valid(got); bad != nil || len(got) > p.Max() || strings.Count(string(got), "\n") != 1 {
				t.Errorf("record %d of %q = %q (at most %d): %v", i, text, got, p.Max(), bad)
			}
		}
	})
}
