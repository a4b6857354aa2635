package jq

import (
	"fmt"
	"testing"

	"ndjsontools/lib/json"
)

const eventRecord = `{"id":4711,"ts":"2015-03-05T23:51:47Z","level":"error","host":"web-17","msg":"upstream timed out while reading",` +
	`"req":{"method":"GET","path":"/api/v1/items","status":502,"ms":12.75},"tags":["a","b"],"ok":false}`

// articleRecord is the default record of ndjson-gen.
func articleRecord() string {
	payload := ""
	for range 50 {
		payload += "data-chunk-4711"
	}
	return fmt.Sprintf(`{"id":4711,"timestamp":"2015-03-05T23:51:47.123Z","payload":%q}`, payload)
}

// BenchmarkRun runs programs over values that are decoded already.
func BenchmarkRun(b *testing.B) {
	for _, record := range []struct{ name, text string }{{"event", eventRecord}, {"article", articleRecord()}} {
		for _, program := range []string{
			`.`, `.id`, `. + {processedAt: (now|todate), meta: "processed"}`,
			`select(.level=="error")|{id,m:.msg}`, `.id += 1`, `"\(.id): \(.msg)"`, `[.tags[]?]`, `del(.id)`, `to_entries`,
		} {
			b.Run(record.name+"/"+program, func(b *testing.B) {
				p, err := Compile(program, testOptions)
				if err != nil {
					b.Fatal(err)
				}
				r := NewRunner(p)
				var d json.Decoder
				v, bad := d.Decode([]byte(record.text))
				if bad != nil {
					b.Fatal(bad)
				}
				emit := func(json.Value) error { return nil }
				b.ReportAllocs()
				for b.Loop() {
					if err := r.Run(v, emit); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkRecord decodes, runs and encodes.
func BenchmarkRecord(b *testing.B) {
	for _, record := range []struct{ name, text string }{{"event", eventRecord}, {"article", articleRecord()}} {
		b.Run(record.name, func(b *testing.B) {
			p, err := Compile(`. + {processedAt: (now|todate), meta: "processed"}`, testOptions)
			if err != nil {
				b.Fatal(err)
			}
			r := NewRunner(p)
			var d json.Decoder
			var out []byte
			emit := func(v json.Value) error {
				out = json.Append(out[:0], v)
				return nil
			}
			text := []byte(record.text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				v, bad := d.Decode(text)
				if bad != nil {
					b.Fatal(bad)
				}
				if err := r.Run(v, emit); err != nil {
					b.Fatal(err)
				}
				d.Reset()
			}
		})
	}
}
