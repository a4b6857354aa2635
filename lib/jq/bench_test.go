package jq

import (
	"fmt"
	"strings"
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

// BenchmarkRecord decodes, runs and encodes. The identity is the floor.
func BenchmarkRecord(b *testing.B) {
	for _, record := range []struct{ name, text string }{{"event", eventRecord}, {"article", articleRecord()}} {
		for _, program := range []string{`.`, `.id`, `. + {processedAt: (now|todate), meta: "processed"}`} {
			b.Run(record.name+"/"+program, func(b *testing.B) { benchmarkRecord(b, program, record.text) })
		}
	}
}

func benchmarkRecord(b *testing.B, program, record string) {
	p, err := Compile(program, testOptions)
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
	text := []byte(record)
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
}

// BenchmarkCompute is the kind of work that no fast path takes.
func BenchmarkCompute(b *testing.B) {
	list := "[" + strings.Repeat(`{"k":1,"v":2.5},{"k":2,"v":3},`, 500) + `{"k":3,"v":0}]`
	for _, program := range []string{
		`group_by(.k) | map(length)`, `reduce .[] as $x ({}; .["\($x.k)"] += $x.v)`, `map(.v += 1) | length`,
		`(.[].v) |= . + 1`, `[.[] | select(.k == 1) | .v] | add`, `tojson | fromjson | length`, `walk(.) | length`, `sort_by(.v) | .[0]`,
	} {
		b.Run(program, func(b *testing.B) {
			p, err := Compile(program, testOptions)
			if err != nil {
				b.Fatal(err)
			}
			r, v := NewRunner(p), decode(b, list)
			b.ReportAllocs()
			for b.Loop() {
				if err := r.Run(v, func(json.Value) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
