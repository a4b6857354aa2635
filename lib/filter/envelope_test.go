package filter

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/ndjson"
)

func TestEnvelope(t *testing.T) {
	const head = `{"input":"in","ordinal":7,"line":9,"offset":123,"reason":"r","emitted":2,`
	long := &ndjson.TooLongError{Max: 5, Length: 99}
	hash := `"length":99,"sha256":"` + strings.Repeat("0", 64) + `",`
	for _, c := range []struct {
		name, data string
		err        *ndjson.TooLongError
		want       string
	}{
		{"JSON", ` {"a":1.0}` + "\t", nil, `"record": {"a":1.0}` + "\t}"},
		{"JSON with CR", "[1,\r2]", nil, "\"record\":[1,\r2]}"},
		{"text", `{"a":` + "\x01\"\\é", nil, `"raw":"{\"a\":\u0001\"\\é"}`},
		{"lone surrogate", `"\ud800"`, nil, `"raw":"\"\\ud800\""}`},
		{"binary", "\xff\x00", nil, `"raw_b64":"/wA="}`},
		{"binary in JSON", "\"\xff\"", nil, `"raw_b64":"Iv8i"}`},
		{"empty", "", nil, `"raw":""}`},
		{"too long", `{"a":1}`, long, hash + `"raw":"{\"a\":1}"}`},
		{"too long, cut in a character", "abc\xe2\x82", long, hash + `"raw":"abc"}`},
		{"too long, cut in another", "abc\xf0\x9f\x98", long, hash + `"raw":"abc"}`},
		{"too long, whole", "abc€", long, hash + `"raw":"abc€"}`},
		{"too long, binary", "\xffabc\xe2", long, hash + `"raw_b64":"/2FiY+I="}`},
	} {
		rec := &ndjson.Record{Data: []byte(c.data), Line: 9, Offset: 123, Ordinal: 7, Err: c.err}
		got := string(appendEnvelope(nil, rec, Fault{Input: "in", Reason: "r", Emitted: 2}))
		if got != head+c.want+"\n" {
			t.Errorf("%s: got\n%swant\n%s\n", c.name, got, head+c.want)
		}
	}
	text := appendEnvelope(nil, &ndjson.Record{Data: []byte(`{"a":1}`)}, Fault{Text: true})
	if !bytes.HasSuffix(text, []byte(`"raw":"{\"a\":1}"}`+"\n")) {
		t.Errorf("JSON as text: got %s", text)
	}
}

// The deepest record that is JSON makes an envelope that is.
func TestEnvelopeDepth(t *testing.T) {
	for _, c := range []struct {
		depth int
		key   string
	}{{jsonscan.MaxDepth - 1, `"record":`}, {jsonscan.MaxDepth, `"raw":`}, {jsonscan.MaxDepth + 1, `"raw":`}} {
		data := append(bytes.Repeat([]byte("["), c.depth), bytes.Repeat([]byte("]"), c.depth)...)
		got := appendEnvelope(nil, &ndjson.Record{Data: data}, Fault{})
		if err := jsonscan.Valid(got); err != nil || !bytes.Contains(got, []byte(c.key)) {
			t.Errorf("depth %d: %v; want %s", c.depth, err, c.key)
		}
	}
}

func TestEnvelopeOfADelivery(t *testing.T) {
	for _, test := range []struct {
		delivery Delivery
		want     string
	}{
		{Delivery{"http://h/in", "422", 2, "run-7-00"}, `"destination":"http://h/in","status":"422","attempts":2,"key":"run-7-00"`},
		{Delivery{Destination: "exec \xff"}, "\"destination\":\"exec \ufffd\",\"status\":null,\"attempts\":0,\"key\":null"},
	} {
		line := string(appendEnvelope(nil, &ndjson.Record{Data: []byte(`{"a":1}`)}, Fault{Delivery: &test.delivery}))
		if !strings.Contains(line, test.want+`,"record":{"a":1}`) {
			t.Errorf("%s lacks %s", line, test.want)
		}
	}
}

// Whatever the record is, the envelope is one line of JSON that gives it back.
func FuzzEnvelope(f *testing.F) {
	f.Add([]byte(`{"a":1}`), "stdin", "it failed", false)
	f.Add([]byte("\xff\x00\r"), "a\xffb\n", "\"\\", false)
	f.Add([]byte("abc\xe2\x82"), "", "\x1b[31m", true)
	f.Fuzz(func(t *testing.T, data []byte, input, reason string, long bool) {
		if bytes.IndexByte(data, '\n') >= 0 {
			t.Skip("no record holds a newline")
		}
		rec := &ndjson.Record{Data: data}
		if long {
			rec.Err = &ndjson.TooLongError{Length: 1 << 40}
		}
		line := appendEnvelope(nil, rec, Fault{Input: input, Reason: reason})
		if err := jsonscan.Valid(line); err != nil || bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
			t.Fatalf("%q became %q: %v", data, line, err)
		}
		var e struct {
			Record json.RawMessage
			Raw    *string
			B64    *string `json:"raw_b64"`
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		var back []byte
		switch {
		case e.Raw != nil:
			back = []byte(*e.Raw)
		case e.B64 != nil:
			back, _ = base64.StdEncoding.DecodeString(*e.B64)
		default:
			back, data = e.Record, bytes.Trim(data, " \t\r")
		}
		if long && e.Raw != nil {
			data = data[:min(len(data), len(back))]
			if len(rec.Data)-len(back) > 3 {
				t.Fatalf("%q lost %d bytes", rec.Data, len(rec.Data)-len(back))
			}
		}
		if !bytes.Equal(back, data) {
			t.Fatalf("%q came back as %q", data, back)
		}
	})
}
