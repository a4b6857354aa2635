package span

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/json"
)

const event = `{"id":48213,"ts":"2026-03-14T09:26:53.589Z","level":"error","service":"checkout-1",` +
	`"msg":"payment declined","user":{"id":9917,"name":"user-9917"},"ms":182.75,"tags":["eu-west","retry"],"code":402}`

// article is the default record of ndjson-gen.
var article = fmt.Sprintf(`{"id":4711,"timestamp":"2015-03-05T23:51:47.123Z","payload":%q}`, strings.Repeat("data-chunk-4711", 50))

// mixed are five record types, interleaved, whose optional keys come and go.
func mixed() (records [][]byte) {
	for i := range 1000 {
		var b strings.Builder
		maybe := func(bit int, member string) {
			if i*2654435761>>(bit+7)&1 != 0 {
				b.WriteString(member)
			}
		}
		switch i * 7 % 5 {
		case 0:
			fmt.Fprintf(&b, `{"type":"order","id":%d,"total":%d.50,"currency":"EUR"`, i, i*3)
			maybe(1, `,"coupon":"SPRING"`)
			maybe(2, `,"note":"leave at the door"`)
			fmt.Fprintf(&b, `,"customer":{"id":%d,"name":"customer %d"}`, i*11, i)
			maybe(3, `,"items":["a-1","b-22","c-333"]`)
		case 1:
			fmt.Fprintf(&b, `{"type":"login","id":%d,"user":"user-%d","ok":%v`, i, i, i%3 == 0)
			maybe(1, `,"ip":"192.168.10.77"`)
			maybe(2, `,"agent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"`)
		case 2:
			fmt.Fprintf(&b, `{"type":"metric","id":%d,"name":"cpu.load","value":%d.125,"host":"web-%d"`, i, i, i%20)
			maybe(1, `,"unit":"percent"`)
			maybe(3, `,"labels":{"zone":"eu-1","rack":"r7"}`)
		case 3:
			fmt.Fprintf(&b, `{"id":%d,"type":"page","path":"/items/%d","status":200`, i, i)
			maybe(2, `,"referrer":"https://example.org/search?q=items"`)
			maybe(4, `,"ms":12.5`)
		case 4:
			fmt.Fprintf(&b, `{"ts":"2026-03-14T09:26:53Z","type":"log","id":%d,"level":"warn","msg":"disk usage is at 91 percent on /var"`, i)
			maybe(1, `,"pid":4711`)
			maybe(5, `,"stack":null`)
		}
		b.WriteString("}")
		records = append(records, []byte(b.String()))
	}
	return records
}

// events are a thousand records like event, whose values differ in length.
func events() (records [][]byte) {
	levels := []string{"error", "info", "info", "warn", "debug"}
	messages := []string{"payment declined", "order placed", "upstream timed out while reading the header", "cache miss", "user signed in"}
	for i := range 1000 {
		k := i * 2654435761 >> 7
		records = append(records, fmt.Appendf(nil, `{"id":%d,"ts":"2026-03-14T09:26:53.%03dZ","level":%q,"service":"checkout-%d",`+
			`"msg":%q,"user":{"id":%d,"name":"user-%d"},"ms":%d.%d,"tags":["eu-west","retry"],"code":%d}`,
			k%100000, i, levels[k%5], k%30, messages[k/5%5], k%13007, k%13007, k%400, k%100, 200+k%300))
	}
	return records
}

var benchmarks = []struct{ name, program string }{
	{"field", `.id`},
	{"select", `select(.level=="error")|{id,m:.msg}`},
	{"drop", `select(.level=="info")|{id,m:.msg}`},
	{"construct", `{id,name:.customer.name,ms,tags,user}`},
	{"merge", `. + {processedAt:"x",meta:"m"}`},
	{"stamp", `. + {processedAt:(now|todate),meta:"m"}`},
	{"identity", `.`},
}

func sets() map[string][][]byte {
	spaced := strings.NewReplacer(`,"`, `, "`, `":`, `": `).Replace(event) // as Python's json.dumps writes
	escaped := fmt.Sprintf(`{"id":4711,"body":%q}`, strings.Repeat("She said \"no\".\nThat was that, and the rest of the line. ", 12))
	cyrillic := fmt.Sprintf(`{"id":4711,"body":%q}`, strings.Repeat("Быстрая лиса ", 40))
	return map[string][][]byte{
		"event": {[]byte(event)}, "events": events(), "article": {[]byte(article)}, "mixed": mixed(),
		"spaced": {[]byte(spaced)}, "escaped": {[]byte(escaped)}, "cyrillic": {[]byte(cyrillic)},
	}
}

// BenchmarkSpan is the bytes' way, BenchmarkGeneral that without a cache, and
// BenchmarkValues the evaluator's.
func BenchmarkSpan(b *testing.B)    { benchmarkSpan(b, 0) }
func BenchmarkGeneral(b *testing.B) { benchmarkSpan(b, math.MaxInt) }

func benchmarkSpan(b *testing.B, pause int) {
	for name, records := range sets() {
		for _, bb := range benchmarks {
			b.Run(name+"/"+bb.name, func(b *testing.B) {
				plan, err := Compile(bb.program, Options{Options: options})
				if err != nil {
					b.Fatalf("%s has no plan: %v", bb.program, err)
				}
				r := NewRunner(plan)
				r.cached.pause = pause
				var out []byte
				var ok bool
				b.SetBytes(mean(records))
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if i == len(records) {
						i = 0
					}
					if out, _, ok = r.Run(records[i], out[:0]); !ok {
						b.Fatalf("%s is not done on bytes", records[i])
					}
				}
			})
		}
	}
}

func BenchmarkValues(b *testing.B) {
	for name, records := range sets() {
		for _, bb := range benchmarks {
			b.Run(name+"/"+bb.name, func(b *testing.B) {
				p, err := jq.Compile(bb.program, options)
				if err != nil {
					b.Fatal(err)
				}
				r := jq.NewRunner(p)
				var d json.Decoder
				var out []byte
				emit := func(v json.Value) error {
					out = append(json.Append(out[:0], v), '\n')
					return nil
				}
				b.SetBytes(mean(records))
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if i == len(records) {
						i = 0
					}
					d.Reset()
					v, bad := d.Decode(records[i])
					if bad != nil {
						b.Fatal(bad)
					}
					if err := r.Run(v, emit); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func mean(records [][]byte) int64 {
	n := 0
	for _, r := range records {
		n += len(r)
	}
	return int64(n / len(records))
}
