package gen

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/units"
)

// What a word list may hold. MaxFile is in bytes.
const (
	MaxFile  = 16 << 20
	maxWords = 1_000_000
)

// fileType is pick from the lines of a file. A line is a string, or with json
// any value; with weighted, a tab and a number end it.
func fileType(k *call) error {
	a := k.args[0]
	if k.ReadFile == nil {
		return k.failAt(a, "there are no files here")
	}
	text, err := k.ReadFile(a.raw)
	if err != nil {
		return k.failAt(a, err.Error())
	}
	if len(text) > MaxFile {
		return k.failAt(a, quoteText(a.raw)+" is longer than 16 MiB")
	}
	_, weighted := k.named["weighted"]
	_, isJSON := k.named["json"]
	m := &more{}
	var weights []uint64
	longest := 0
	line := 0
	for raw := range bytes.Lines(text) {
		line++
		word := strings.TrimRight(string(raw), "\r\n")
		if word == "" {
			continue
		}
		bad := func(why string) error {
			return k.failAt(a, quoteText(a.raw)+", line "+strconv.Itoa(line)+": "+why)
		}
		if !utf8.ValidString(word) {
			return bad("it is not valid UTF-8")
		}
		if weighted {
			tab := strings.LastIndexByte(word, '\t')
			w, err := units.ParseCount(word[tab+1:])
			if tab < 0 || err != nil || w > 1e9 {
				return bad("a tab and a whole number, its weight, are to end it")
			}
			word = word[:tab]
			weights = append(weights, uint64(w))
		}
		value := escape(word)
		if isJSON {
			if wrong := jsonscan.Valid([]byte(word)); wrong != nil {
				return bad("it is not JSON: " + wrong.Reason)
			}
			value = compact(word)
		}
		m.values = append(m.values, roomy(value))
		longest = max(longest, len(value))
	}
	total := uint64(0)
	for _, w := range weights {
		total += w
	}
	switch {
	case len(m.values) == 0:
		return k.failAt(a, quoteText(a.raw)+" has no lines")
	case len(m.values) > maxWords:
		return k.failAt(a, quoteText(a.raw)+" has more than a million lines")
	case weighted && total == 0:
		return k.failAt(a, "all weights are 0")
	case weighted:
		m.alias = newAlias(weights)
	}
	if isJSON && k.inString {
		return k.e.src.fail(k.e.off, "a line of JSON can't stand inside a string", "")
	}
	return k.choice(m, longest, !isJSON)
}
