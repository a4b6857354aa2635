package jsonscan

import (
	"strings"
	"testing"
)

// BenchmarkVectors are pairs: strings with the vectors and without.
func BenchmarkVectors(b *testing.B) {
	if !hasVector {
		b.Skip("this processor has no AVX2")
	}
	defer func() { hasVector = true }()
	for _, bb := range []struct{ name, record string }{
		{"event", event},
		{"article", article},
		{"long", `"` + strings.Repeat("a long string without any stop ", 2000) + `"`},
		{"cyrillic", `"` + strings.Repeat("Быстрая лиса ", 40) + `"`},
		{"names", `["` + strings.Repeat(`Сергей Иванов","Анна-Мария Müller, Köln und Zürich","`, 20) + `"]`},
		{"escapes", `"` + strings.Repeat(`She said \"no\".\nThat was that, and the rest of the line. `, 12) + `"`},
	} {
		record := []byte(bb.record)
		for _, vectors := range []bool{false, true} {
			name := bb.name + "/words"
			if vectors {
				name = bb.name + "/vectors"
			}
			b.Run(name, func(b *testing.B) {
				hasVector = vectors
				b.SetBytes(int64(len(record)))
				for b.Loop() {
					if err := Valid(record); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkMember are pairs: the last key of an event with the vectors and without.
func BenchmarkMember(b *testing.B) {
	if !hasVector {
		b.Skip("this processor has no AVX2")
	}
	defer func() { hasVector = true }()
	for _, vectors := range []bool{false, true} {
		name := "words"
		if vectors {
			name = "vectors"
		}
		b.Run(name, func(b *testing.B) {
			hasVector = vectors
			record := []byte(event)
			b.SetBytes(int64(len(record)))
			for b.Loop() {
				Member(record, "code")
			}
		})
	}
}
