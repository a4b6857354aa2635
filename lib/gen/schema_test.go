package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

// files are those that the examples name.
func files(name string) ([]byte, error) {
	if name != "words.txt" {
		return nil, os.ErrNotExist
	}
	return []byte("one\ntwo\t3\nth\"ree\n"), nil
}

func fields(t testing.TB, text string) *Plan {
	t.Helper()
	s, err := ParseFields(strings.Fields(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return mustCompile(t, s, 0)
}

// Every type makes valid JSON within its bound, and the example that --types
// shows is one that works.
func TestExamples(t *testing.T) {
	for _, name := range TypeNames() {
		p := fields(t, "id:seq user.id:int,1..9 v:"+types[name].example+" w:words,1")
		for i := range int64(2000) {
			got := p.Append(nil, i, 0)
			if !json.Valid(got) || len(got) > p.Max() {
				t.Fatalf("%s: record %d = %s; want JSON of at most %d bytes", name, i, got, p.Max())
			}
		}
	}
}

func TestGrammar(t *testing.T) {
	for _, c := range []struct{ name, args, want string }{
		{"carriers", `a:seq b=x:=y c:={"d":[1]} e=`, `{"a":3,"b":"x:=y","c":{"d":[1]},"e":""}`},
		{"nesting", `a.b:seq a.c.d=1 e\.f=2 a.g:=3`, `{"a":{"b":3,"c":{"d":"1"},"g":3},"e.f":"2"}`},
		{"escapes", `a:concat,x\,y\=z,\.id,\:\\`, `{"a":"x,y=z.id:\\"}`},
		{"reference before its field", `r:concat,<,.n,> n:seq,1`, `{"r":"<4>","n":4}`},
		{"a number is no reference", `r:concat,.97,./f`, `{"r":".97./f"}`},
		{"reference to a string", `s:concat,<,.t,> t=x"y`, `{"s":"<x\"y>","t":"x\"y"}`},
		{"copy keeps the type", `n:seq c:copy,.n`, `{"n":3,"c":3}`},
		{"repeat", `s:repeat,3,ab,.n n:seq`, `{"s":"ab3ab3ab3","n":3}`},
		{"never", `s:repeat,0,ab`, `{"s":""}`},
		{"numbers as strings", `a:seq,str b:int,7..7,str`, `{"a":"3","b":"7"}`},
		{"steps down", `a:seq,10,step=-2`, `{"a":4}`},
		{"native values", `a:pick,200 b:pick,true c:pick,x d:pick,01 e:pick,5,str`, `{"a":200,"b":true,"c":"x","d":"01","e":"5"}`},
		{"a value like a modifier", `a:pick,\null=5`, `{"a":"null"}`},
		{"nothing is absent or null", `a:seq,absent=0 b:seq,null=0%`, `{"a":3,"b":3}`},
		{"all is absent", `a:seq,absent=100% b:seq,null=1 c:seq,absent=1.0`, `{"b":null}`},
		{"an empty object", `a:seq,absent=1`, `{}`},
		{"list", `a:list,3,int,5..5`, `{"a":[5,5,5]}`},
		{"list's modifiers stand first", `a:list,null=1,3,int,5..5 b:list,2,int,5..5,null=1`, `{"a":null,"b":[null,null]}`},
		{"time in a finer unit than its step", `t:time,step=1ms,unix=us u:time,2024-01-01..2024-01-01,unix=us v:time,1969-12-31T23:59:59Z..1969-12-31T23:59:59Z,unix`, `{"t":1704067200003000,"u":1704067200000000,"v":-1000}`},
		{"time before 1970", `t:time,start=1969-12-31T23:59:58.5Z,step=500ms u:time,start=1969-12-31T23:59:57.5Z,step=500ms,unix=s v:time,1700-02-28T00:00:00.001Z..1700-02-28T00:00:00.001Z d:date,1900-02-28..1900-02-28`, `{"t":"1970-01-01T00:00:00.000Z","u":-1,"v":"1700-02-28T00:00:00.001Z","d":"1900-02-28"}`},
		{"time", `t:time,step=1s u:time,step=1s,unix=s v:time,start=2020-02-28T23:59:57Z,step=1s w:time,step=1us`, `{"t":"2024-01-01T00:00:03.000Z","u":1704067203,"v":"2020-02-29T00:00:00.000Z","w":"2024-01-01T00:00:00.000003Z"}`},
		{"pad", `p:pad,4`, `{"p":"xxxx"}`},
		{"null", `n:null`, `{"n":null}`},
		{"fixed float", `f:float,-0.5..-0.5 g:float,1..1,dp=0`, `{"f":-0.50,"g":1}`},
	} {
		p := fields(t, c.args)
		if got := string(p.Append(nil, 3, 0)); got != c.want+"\n" {
			t.Errorf("%s: %s = %s want %s", c.name, c.args, got, c.want)
		}
	}
}

func TestTemplates(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{` { "a" : "{{seq}}" , "b" : [ 1 , "x" , null , {} , [] ] } `, `{"a":3,"b":[1,"x",null,{},[]]}`},
		{`{"a":"<{{seq}}/{{concat,.b}}>","b":"{{seq,1}}"}`, `{"a":"<3/4>","b":4}`},
		{`{"a":["{{*2}}",{"x":"{{pick,7}}"}]}`, `{"a":[{"x":7},{"x":7}]}`},
		{`{"a":"{{{{x}}"}`, `{"a":"{{x}}"}`},
		{`{"a":"\u00e9\n{{seq}}"}`, `{"a":"é\n3"}`},
		{`{}`, `{}`},
	} {
		s, err := ParseTemplate("t.json", []byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := string(mustCompile(t, s, 0).Append(nil, 3, 0)); got != c.want+"\n" {
			t.Errorf("%s = %s want %s", c.text, got, c.want)
		}
	}
}

// An error points at the place, and names what was meant.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		args string
		at   int
		want string
	}{
		{"id:sqe", 3, `unknown type "sqe" (did you mean seq?)`},
		{"id", 2, `what "id" holds is missing`},
		{"@article", 8, `missing`},
		{"n:int,9..1", 6, `ends before it begins`},
		{"n:int", 5, `int needs more arguments, as in int,1..100`},
		{"n:int,1..5,6", 11, `does not know what to do with "6"`},
		{"n:int,1..5,nul=2%", 11, `has no argument "nul" (did you mean null?)`},
		{"n:int,1..5,null=2", 11, `a share is 2%, or a number from 0 to 1`},
		{"n:int,1..5,null=1,null=1", 18, `stands twice`},
		{"a:seq a:seq", 0, `stands twice`},
		{"a=x a.b=y", 0, `stands twice`},
		{"abc:seq r:copy,.abd", 7, `there is no field "abd" (did you mean abc?)`},
		{"a:copy,.b b:copy,.a", 7, `refers to itself`},
		{"a:list,3,seq", 9, `can't stand in a list`},
		{"a:int,1..9 b:seq,by=a", 2, `can't stand in a list or behind by=`},
		{"u:uniq,1..5,card=6", 7, `only 5 unique values`},
		{"a:={x", 4, `is not JSON`},
		{"f:float,0.12345..1,dp=2", 8, `more decimals`},
		{"t:time,start=1600-01-01", 7, `between 1700 and 2200`},
		{"u:uuid7,start=1960-01-01", 8, `between 1970 and 2200`},
		{"t:time,1700-01-01..2100-01-01,unix=ns", 7, `not exact in JSON`},
		{"t:time,0001-01-01..0002-01-01,late=1%:1h", 30, `before the year 1`},
		{"d:date,0000-01-01..2000-01-01", 7, `not a range of days`},
		{"t:time,step=5", 7, `not a duration`},
		{"p:pad", 2, `pad needs a size`},
		{"x:repeat,60000000,yy", 2, `longer than 64 MiB`},
		{"x:pick,a=b", 7, `the weight "b"`},
		{"x:zipf,10,x", 10, `an exponent is a number`},
		{"x:concat,a,.b b:=[1,\"q\"]", 0, `can't stand inside a string`},
		{"x:concat,a,as=b", 11, `means nothing to concat`},
		{"x:seq,zipf=1", 6, `zipf= needs card=`},
		{"x:int,1..9,zipf=1,hot=2:9", 11, `one of them is enough`},
		{"x:int,1..9,hot=80:20", 11, `which percentage`},
		{"x:int,1..3,hot=1:99.9999999", 11, `too few values`},
		{"x:int,1..9,uniq,zipf=1", 16, `can't be frequent`},
		{"x:int,1..9,step=0", 11, `above 0`},
		{"x:float,0..1,step=.001", 13, `no more decimals`},
		{"x:pick,a=1,b=2,uniq", 15, `no weights`},
		{"x:list,4,pick,a,b,c,uniq", 14, `only 3 unique values, and lists of up to 4`},
		{"x:regex,[a-", 8, `the pattern is wrong: missing closing ]`},
		{"x:regex,a\\bc", 8, `edge of a word`},
		{"x:regex,[a-z]{2},null=2%", 17, `stands before the pattern`},
		{"x:regex,a^b", 8, `at the beginning only`},
		{"x:regex,a$b", 8, `at the end only`},
		{"x:regex,(?=a)", 8, `the pattern is wrong`},
		{"x:regex,(?:(?:a{1000}){1000}){5}", 15, `the pattern is wrong`},
		{"x:file,no.txt", 7, `does not exist`},
		{"x:fake,emial", 7, `did you mean email?`},
		{"x:obj,a", 6, `a member is name=type`},
		{"x:obj,a=itn:1..5", 6, `did you mean int?`},
		{"x:obj,a=seq,a=seq", 12, `stands twice`},
		{"x:walk,5..5", 7, `a range to walk in`},
		{"x:walk,1..5,step=9", 12, `wider than the range`},
		{"x:list,2,walk,1..5", 9, `can't stand in a list`},
		{"k:seq x:list,2,walk,1..5,by=k", 19, `can't stand in a list`},
		{"x:bytes,8,enc=b64", 10, `enc= is base64`},
		{"x:time,2024-02-01..2024-01-01", 7, `not a range of times`},
		{"x:time,2024-01-01..2024-01-02,step=1s", 30, `counts records`},
	} {
		s, err := ParseFields(strings.Fields(c.args))
		if err == nil {
			_, err = Compile(s, Options{ReadFile: files})
		}
		var bad *SchemaError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || exit.Status(err) != exit.Compile {
			t.Errorf("%s: %v; want a SchemaError with %q", c.args, err, c.want)
		} else if bad.Offset != c.at {
			t.Errorf("%s: offset %d in %q; want %d", c.args, bad.Offset, bad.Text, c.at)
		}
	}
	for _, text := range []string{`{"a":"x{{seq,absent=1%}}"}`, `{"a":["{{seq,absent=1%}}"]}`, `{"a":["{{*2}}","{{int,1..2,absent=1%}}"]}`} {
		if _, err := compileTemplate(text); err == nil || !strings.Contains(err.Error(), "absent") {
			t.Errorf("%s: %v; want an error, for nothing is ignored", text, err)
		}
	}
	s, _ := ParseFields([]string{"u:uniq,1..5"})
	if _, err := Compile(s, Options{End: 6}); err == nil || !strings.Contains(err.Error(), "only 5 unique values") {
		t.Errorf("six unique values of five: %v", err)
	}
}

// A field's values depend on its path and the seed, not on its neighbours, and
// null= shifts no value.
func TestIndependence(t *testing.T) {
	alone, crowd := fields(t, "v:int,1..1M"), fields(t, "u:int,1..1M v:int,1..1M,null=20%,absent=20% r:concat,.u")
	seen, same := 0, 0
	for i := range int64(500) {
		var a, c struct {
			U int
			V *int
			R string
		}
		if err := errors.Join(json.Unmarshal(alone.Append(nil, i, 0), &a), json.Unmarshal(crowd.Append(nil, i, 0), &c)); err != nil {
			t.Fatal(err)
		}
		if c.V != nil {
			seen++
			if *c.V != *a.V {
				t.Errorf("record %d: %d beside other fields; want %d as alone", i, *c.V, *a.V)
			}
			if *c.V == c.U {
				same++
			}
		}
		if c.R != fmt.Sprint(c.U) {
			t.Errorf("record %d: r = %q; want u, %d", i, c.R, c.U)
		}
	}
	if seen < 270 || seen > 370 || same > 3 {
		t.Errorf("%d of 500 values are there, %d like their neighbour; want about 320, and none", seen, same)
	}
}

// by= makes a field a function of another one, in every stream; as= and card=
// draw from the ids of another stream.
func TestJoins(t *testing.T) {
	a := fields(t, "user.id:int,1..50 user.cc:pick,a,b,c,d,by=user.id")
	b := fields(t, "n:seq user.id:int,1..50 user.cc:pick,a,b,c,d,by=user.id")
	country := map[int]string{}
	for i := range int64(2000) {
		var r struct {
			User struct {
				ID int
				CC string
			}
		}
		for _, p := range []*Plan{a, b} {
			if err := json.Unmarshal(p.Append(nil, i, 0), &r); err != nil {
				t.Fatal(err)
			}
			if was := country[r.User.ID]; was != "" && was != r.User.CC {
				t.Fatalf("user %d is in %s and in %s", r.User.ID, was, r.User.CC)
			}
			country[r.User.ID] = r.User.CC
		}
	}
	ids := map[string]bool{}
	users, orders := fields(t, "id:uuid4"), fields(t, "o:seq user:uuid4,as=id,card=100")
	for i := range int64(100) {
		ids[string(users.Append(nil, i, 0)[7:43])] = true
	}
	used := map[string]bool{}
	for i := range int64(2000) {
		var r struct{ User string }
		if err := json.Unmarshal(orders.Append(nil, i, 0), &r); err != nil {
			t.Fatal(err)
		}
		if !ids[r.User] {
			t.Fatalf("order %d has the user %s, who is no record of the other stream", i, r.User)
		}
		used[r.User] = true
	}
	if len(used) != 100 {
		t.Errorf("%d users have orders; want all 100", len(used))
	}
}

// The bytes of a schema and seed are a promise.
func TestGoldenTypes(t *testing.T) {
	for _, c := range strings.Fields(goldenTypes) {
		name, want, _ := strings.Cut(c, ":")
		var s *Schema
		var err error
		if preset, ok := strings.CutPrefix(name, "@"); ok {
			s, err = Preset(preset)
		} else {
			s, err = ParseFields([]string{"v:" + types[name].example, "id:seq", "user.id:int,1..1M,zipf=.99"})
		}
		if err != nil {
			t.Fatal(err)
		}
		p := mustCompile(t, s, 42)
		var block []byte
		for i := range int64(5000) {
			block = p.Append(block, i, 0)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(block))[:16]; got != want {
			t.Errorf("%s: the first 5000 records have the hash %s; want %s", name, got, want)
		}
		if n := bytes.Count(block, []byte("\n")); n != 5000 {
			t.Errorf("%s: %d lines", name, n)
		}
	}
	for _, name := range TypeNames() {
		if !strings.Contains(goldenTypes, "\n"+name+":") {
			t.Errorf("the type %s has no hash", name)
		}
	}
}

const goldenTypes = `
@access-log:3387664aabb9a15d
@orders:ecaff165226cc81f
@iot:fc5168938d44ab00
@cdc:66ac94f74949953c
@events:3401ffd7394660f5
base64:7fb1594c078d056d
bool:f7904a3678aefb45
bytes:fd89c0adc8f709d0
concat:462baf0c58c64393
copy:7ab7a010808f4602
date:2a31b5d1379f812f
dur:9511755d20aebc9c
exp:a935b01de5c78d18
fake:da24909410500b9b
file:87ddc0f67e8bd622
float:7f74353a70bfbb21
hash:89176b43ee91288d
hex:b8e2138e43203da4
int:d83cc3fec8d89855
ip4:29f17db90a4e8127
ip6:d395e070194d1802
list:62f930dc651053ad
lognormal:4e91ad9d9dbe1ece
mac:1631db85c4352bc5
normal:56dd73e2763d8cf1
null:91e70db16c7082f4
obj:532e2d356ac93fd3
pad:ffa4fc02ac473e99
pick:056e314e28a1cf87
regex:974476b4a2a8fb73
repeat:52c71515221a265e
seq:2f5da7d7b7476e74
text:9a86fe12ddb089b1
time:993865db4d2ee82e
ulid:5f96fee51b0a2f71
uniq:12c7604736e64ca7
uuid4:da11385cc71aa765
uuid7:23c11e2ea966acbf
walk:e3fae9e6f591bf47
words:21e00cbb7c03d0c9
zipf:81f752d4395e50d9
`

func TestRecordSize(t *testing.T) {
	for _, args := range []string{"id:seq", "id:seq p:pad w:words,absent=50%", "id:seq,absent=50%"} {
		s, err := ParseFields(strings.Fields(args))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Compile(s, Options{RecordSize: 300, Stamp: "sent", End: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(1000) {
			if got := p.Append(nil, i, 1700000000000000); len(got) != 300 || !json.Valid(got) {
				t.Fatalf("%s: record %d has %d bytes: %s", args, i, len(got), got)
			}
		}
	}
	s, _ := ParseFields([]string{"a:words,100"})
	if _, err := Compile(s, Options{RecordSize: 300}); err == nil {
		t.Error("records of up to 1000 bytes were to have 300; want an error")
	}
}

func mustPreset(t testing.TB, name string) *Schema {
	s, err := Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// BenchmarkPresets fails unless a steady state has no allocation at all.
func BenchmarkPresets(b *testing.B) {
	for _, name := range PresetNames() {
		b.Run(name, func(b *testing.B) {
			p := mustCompile(b, mustPreset(b, name), 0)
			block := make([]byte, 0, 128<<10)
			next, total := int64(100_000), 0
			first := next
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				block, next = p.AppendBlock(block[:0], next, 1<<40, 1, cap(block), 0)
				total += len(block)
			}
			runtime.ReadMemStats(&after)
			b.SetBytes(int64(total / b.N))
			b.ReportMetric(float64(total)/float64(next-first), "B/record")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(next-first), "ns/record")
			// The framework itself has a few; a thousandth of one a record is none.
			if n := after.Mallocs - before.Mallocs; n > 20+uint64(next-first)/1000 {
				b.Errorf("%d allocations in %d records; want none", n, next-first)
			}
		})
	}
}

func compileTemplate(text string) (*Plan, error) {
	s, err := ParseTemplate("t", []byte(text))
	if err != nil {
		return nil, err
	}
	return Compile(s, Options{})
}
