package json

import (
	"bytes"
	stdjson "encoding/json"
	"reflect"
	"testing"

	"ndjsontools/lib/jsonscan"
)

// FuzzDecode: the decoder accepts what the validator accepts, sees what
// encoding/json sees, and its output is its own canonical form.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		event, article, `{"a":1,"\u0061":2,"b":[{},[],""]}`, `[1.50,-0,1e400,12345678901234567890,"\ud83d\ude00\/"]`,
		"{\"\x7f\" : {\"a\":{\"a\":1}} , \"x\":[[[]]]}", `{"a":1,"b":2,"a":{"b":2,"a":1}}`, `[{"a":1},{"a":1,}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		var d Decoder
		v, err := d.Decode(record)
		if valid := jsonscan.Valid(record); (err == nil) != (valid == nil) {
			t.Fatalf("Decode(%q): %v; the validator: %v", record, err, valid)
		}
		if err != nil {
			return
		}
		first := Append(nil, v)
		again, err := d.Decode(first) // now with the shapes of the first
		if err != nil {
			t.Fatalf("%q prints as %s: %v", record, first, err)
		}
		if second := Append(nil, again); !bytes.Equal(first, second) {
			t.Fatalf("%q prints as %s and that as %s", record, first, second)
		}
		if !Equal(v, again) || Compare(v, again) != 0 {
			t.Fatalf("%q is not equal to what it prints as, %s", record, first)
		}
		var want any
		dec := stdjson.NewDecoder(bytes.NewReader(record))
		dec.UseNumber()
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := toAny(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("Decode(%q) = %#v; want %#v", record, got, want)
		}
	})
}

// toAny gives a value in encoding/json's types, with numbers as spelled.
func toAny(v Value) any {
	switch v.Kind() {
	case KindNull:
		return nil
	case KindFalse, KindTrue:
		return v.Truthy()
	case KindNumber:
		return stdjson.Number(Append(nil, v))
	case KindString:
		return v.Str()
	case KindArray:
		out := []any{}
		for _, e := range v.Array().Elems() {
			out = append(out, toAny(e))
		}
		return out
	}
	out := map[string]any{}
	for i, k := range v.Object().Keys() {
		out[k.Str()] = toAny(v.Object().At(i))
	}
	return out
}
