package json

import (
	"bytes"
	"testing"

	"ndjsontools/lib/jsonscan"
)

func TestCanonicalForm(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`null`, `null`},
		{` [ true , false ] `, `[true,false]`},
		{"\t{ \"a\" : [ 1 , 2 ] , \"b\":{ } }\r\n", `{"a":[1,2],"b":{}}`},
		{`{"b":1,"a":2}`, `{"b":1,"a":2}`},
		{`{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		{`{"x":{"a":1,"\u0061":3}}`, `{"x":{"a":3}}`},
		{`{"a" : 1, "a"  :2}`, `{"a":2}`},
		{`{"a":{"b":1},"c":0,"a":[4,{"d":5}],"e":6}`, `{"a":[4,{"d":5}],"c":0,"e":6}`},
		{`[{"a":1,"b":2},{"a":1,"b":2,"c":3},{"b":2,"a":1},{"a":1,"a":2}]`, `[{"a":1,"b":2},{"a":1,"b":2,"c":3},{"b":2,"a":1},{"a":2}]`},
		{"\"\\u0041\\/\\u00e9\x7f\\u001f\\u2028\"", "\"A/\u00e9\\u007f\\u001f\u2028\""},
		{`"\b\f\n\r\t\"\\"`, `"\b\f\n\r\t\"\\"`},
		{`["","\ud83d\ude00"]`, "[\"\",\"\U0001F600\"]"},
		{"{\"a\x7f\":1}", `{"a\u007f":1}`},
		{`[1.000,1e2,1E5,-0,-0.0,1e-5,1.10e1,100000000000000000000,1e1000]`, `[1.000,1e2,1E5,-0,-0.0,1e-5,1.10e1,100000000000000000000,1e1000]`},
		{`[9223372036854775807,-9223372036854775808,9223372036854775808,0,-1,999999999999999999]`, `[9223372036854775807,-9223372036854775808,9223372036854775808,0,-1,999999999999999999]`},
	} {
		var d Decoder
		for range 3 { // first without the shapes, then with them, then in used memory
			v, err := d.Decode([]byte(tt.in))
			if err != nil {
				t.Fatalf("Decode(%q): %v", tt.in, err)
			}
			if got := string(Append([]byte("+"), v)); got != "+"+tt.want {
				t.Errorf("%q prints as %s; want +%s", tt.in, got, tt.want)
			}
			if got := string(Append(nil, v.Clone())); got != tt.want {
				t.Errorf("a clone of %q prints as %s; want %s", tt.in, got, tt.want)
			}
			d.Reset()
		}
	}
}

func TestDecodeRejects(t *testing.T) {
	var d Decoder
	if _, err := d.Decode([]byte(`{"a":1,"b":{"c":2}}`)); err != nil { // so that the keys are known
		t.Fatal(err)
	}
	for _, in := range []string{
		``, ` `, `nul`, `[1,]`, `[1`, `[`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{"a":1,"b"`, `{"a"1}`, `{"a":}`, `{,}`,
		`{"a":1]`, `[1}`, `1 2`, `"\ud800"`, "{\"\xff\":1}", `{"\x":1}`, `01`, `[-]`, "[\"\x00\"]", "\x00", "{\x00}",
	} {
		_, err := d.Decode([]byte(in))
		want := jsonscan.Valid([]byte(in))
		if err == nil || *err != *want {
			t.Errorf("Decode(%q) = %v; want %v", in, err, want)
		}
	}
}

func TestDecodeAllocates(t *testing.T) {
	var d Decoder
	record := []byte(`{"a\n":"\u00e9 text","b":[1,2.5,{"c":null,"a":1}],"b":""}`)
	n := testing.AllocsPerRun(100, func() {
		if _, err := d.Decode(record); err != nil {
			t.Fatal(err)
		}
		d.Reset()
	})
	if n != 0 {
		t.Errorf("Decode allocates %v times a record; want 0", n)
	}
}

// TestCloneIsIndependent overwrites all that a clone could still point to.
func TestCloneIsIndependent(t *testing.T) {
	const in = `{"a":["text",1.50,"\u00e9scaped",12345678901234567890123],"a key that is too long for the tree ....................................":{"b":"c"}}`
	var d Decoder
	record := []byte(in)
	v, err := d.Decode(record)
	if err != nil {
		t.Fatal(err)
	}
	want := string(Append(nil, v))
	c := v.Clone()
	d.Reset()
	copy(record, bytes.Repeat([]byte("#"), len(record)))
	if _, err := d.Decode([]byte(`["\u0023\u0023\u0023\u0023\u0023\u0023",[[2],[3]],{"x":{"y":5}},1,2,3,4,5,6,7]`)); err != nil {
		t.Fatal(err)
	}
	if got := string(Append(nil, c)); got != want {
		t.Errorf("the clone has become %s; want %s", got, want)
	}
}
