package jq

import (
	"testing"
	"unicode/utf8"

	"ndjsontools/lib/json"
)

// What is JSON is the same to both readers, and nothing stops the lenient one.
func FuzzFromJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,{"b":null}],"c":"\u00e9\ud83d\ude00"}`, `[nan,01,.5]`, `"\ud800"`, `{"a":1,}`, `1 2`, "[1\n,]", `{"a":{"a":1},"a":2}`, `'x'`, `"\`, "\"\x01\"",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		want, bad := json.Decode([]byte(text))
		got, message := fromLenient(text)
		if bad == nil && (message != "" || string(json.Append(nil, got)) != string(json.Append(nil, want))) {
			t.Errorf("%q: got %s and %q; want %s", text, json.Append(nil, got), message, json.Append(nil, want))
		}
	})
}
