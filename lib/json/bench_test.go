package json

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

// keyed has records of more forms than a decoder remembers: keys that are data.
func keyed(n int) []string {
	var records []string
	for i := range n {
		records = append(records, strings.ReplaceAll(event, `":`, strings.Repeat("k", i%50)+string(rune('a'+i%26))+`":`))
	}
	return records
}

func BenchmarkDecode(b *testing.B) {
	for _, bb := range []struct {
		name    string
		records []string
	}{
		{"event", []string{event}},
		{"article", []string{article}},
		{"keyed", keyed(1000)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var d Decoder
			size, i := 0, 0
			records := make([][]byte, len(bb.records))
			for i, r := range bb.records {
				records[i] = []byte(r)
				size += len(r)
			}
			b.SetBytes(int64(size / len(records)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decode(records[i]); err != nil {
					b.Fatal(err)
				}
				if i++; i == len(records) {
					i = 0
				}
				d.Reset()
			}
		})
	}
	b.Run("event-kept", func(b *testing.B) { // without Reset, as a program that keeps its values
		var d Decoder
		record := []byte(event)
		b.SetBytes(int64(len(event)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := d.Decode(record); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, bb := range []struct{ name, record string }{{"event", event}, {"article", article}} {
		b.Run(bb.name, func(b *testing.B) {
			v, err := Decode([]byte(bb.record))
			if err != nil {
				b.Fatal(err)
			}
			var dst []byte
			b.SetBytes(int64(len(bb.record)))
			b.ReportAllocs()
			for b.Loop() {
				dst = Append(dst[:0], v)
			}
		})
	}
}

// BenchmarkMerge is the evaluator's work of the project's main program, once the
// record is a value: add two fields and print.
func BenchmarkMerge(b *testing.B) {
	v, err := Decode([]byte(event))
	if err != nil {
		b.Fatal(err)
	}
	extra := ObjectOf(NewShape("processedAt", "meta"), []Value{FromString("x"), FromString("m")})
	var m Merger
	var dst []byte
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		dst = Append(dst[:0], m.Merge(v.Object(), extra).Value())
	}
}
