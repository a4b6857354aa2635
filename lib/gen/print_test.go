package gen

import (
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// A schema and what it is printed as make the same records, and printing that
// again changes nothing.
func TestPrint(t *testing.T) {
	var schemas []*Schema
	for _, args := range []string{
		"", `a:seq b.c=x{{y}} b.d:=[1,{"x":{}},["{{*3}}","{{one}}"]] e:=null`, `n=1e5 "q\"=\` + "\u00e9", `r:regex,null=2%,[a-z]{2}\d{1,3} s:obj,a=int:1..5,b=pick:x=2:y`,
		"$w:int,1..9 $$w=x a.$w=y",
		`t:concat,x\,y\=z,\.id,\:\\ id:seq`,
	} {
		s, err := ParseFields(strings.Fields(args))
		if err != nil {
			t.Fatal(err)
		}
		schemas = append(schemas, s)
	}
	for _, name := range PresetNames() {
		schemas = append(schemas, mustPreset(t, name))
	}
	for _, text := range []string{
		`{"a":["{{*0..3,null=5%}}",{"b":["{{one,9,1,absent=20%}}","{{int,1..5}}","x{{int,1..3}}y{{{{"]}],"c":"{{{{seq}}"}`,
		`{"$w":3,"a":{}} {"a":[],"long":"` + strings.Repeat("x", 200) + `"}`,
	} {
		s, err := ParseTemplate("t", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		schemas = append(schemas, s)
	}
	for _, s := range schemas {
		text, err := s.Template()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseTemplate("printed", text)
		if err != nil {
			t.Errorf("%v: %s", err, text)
			continue
		}
		p, q := mustCompile(t, s, 1), mustCompile(t, again, 1)
		for i := range int64(200) {
			if a, b := string(p.Append(nil, i, 0)), string(q.Append(nil, i, 0)); a != b {
				t.Fatalf("%s\nmakes %s\nand was %s", text, b, a)
			}
		}
		if twice, err := again.Template(); string(twice) != string(text) {
			t.Errorf("printed twice: %s, %v; was %s", twice, err, text)
		}
	}
	for _, args := range []string{"a:regex,x}}"} {
		s, _ := ParseFields([]string{args})
		if text, err := s.Template(); err == nil {
			t.Errorf("%s is printed as %s; want an error", args, text)
		}
	}
}

// One of several: as often as its weight says, where it stands or nowhere.
func TestOne(t *testing.T) {
	p, err := compileTemplate(`{"a":["{{one,6,3,1,null=50%,absent=50%}}","x",{"y":"{{int,1..9}}"},["{{*2}}",true]],"b":["{{one}}",{"id":"{{int,1..3}}"}],"c":"{{pick,u,v,w,by=b.id}}"}`)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i := range int64(4000) {
		line := p.Append(nil, i, 0)
		a, ok := jsonscan.Find(line, jsonscan.Path{"a"})
		if jsonscan.Valid(line) != nil {
			t.Fatalf("%s", line)
		}
		kind := "absent"
		if ok {
			kind = string(line[a.Start : a.Start+1])
		}
		count[kind]++
		id, _ := jsonscan.Find(line, jsonscan.Path{"b", "id"})
		c, _ := jsonscan.Find(line, jsonscan.Path{"c"})
		count[string(line[id.Start:id.End])+string(line[c.Start:c.End])]++
	}
	for kind, want := range map[string]int{"absent": 2000, "n": 1000, `"`: 600, "{": 300, "[": 100} {
		if got := count[kind]; got < want*85/100 || got > want*115/100 {
			t.Errorf("%s: %d times; want about %d: %v", kind, got, want, count)
		}
	}
	if len(count) != 5+3 {
		t.Errorf("c is not a function of b.id: %v", count)
	}
	for text, want := range map[string]string{
		`{"a":["{{one,1,2}}","x"]}`:      "2 weights for 1 values",
		`{"a":["{{one,0}}","x"]}`:        "not all have the weight 0",
		`{"a":["{{one,nul=1%}}","x"]}`:   "did you mean null=",
		`{"a":["{{one,null=9}}","x"]}`:   "a share is",
		`{"a":["{{one,absent=9}}","x"]}`: "a share is",
		`{"a":["{{one}}"]}`:              "is missing",
		`{"a":[["{{*2,absent=1%}}",1]]}`: "only a field of an object can be absent",
		`{"a":["{{*2,x}}",1]}`:           "neither null= nor absent=",
	} {
		if _, err := compileTemplate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
}
