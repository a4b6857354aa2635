package jsonscan

import (
	"strings"
	"testing"
)

// The two records of the project's benchmarks: a nested object of 196 bytes, and
// one of some 890 bytes that is mostly one string.
const event = `{"id":48213,"ts":"2026-03-14T09:26:53.589Z","level":"error","service":"checkout-1",` +
	`"msg":"payment declined","user":{"id":9917,"name":"user-9917"},"ms":182.75,"tags":["eu-west","retry"],"code":402}`

var article = `{"id":48213,"title":"The article number 48213","body":"` +
	strings.Repeat("All work and no play makes a long article. ", 19) + `"}`

func BenchmarkValid(b *testing.B) {
	for _, bb := range []struct{ name, record string }{
		{"event", event},
		{"article", article},
		{"cyrillic", `{"body":"` + strings.Repeat("Быстрая лиса ", 40) + `"}`},
		{"numbers", `[` + strings.Repeat(`12345,-1.25e-3,0,1700000000123,`, 8) + `1]`},
	} {
		b.Run(bb.name, func(b *testing.B) {
			record := []byte(bb.record)
			b.SetBytes(int64(len(record)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Valid(record); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
