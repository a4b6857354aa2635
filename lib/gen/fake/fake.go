// Package fake knows what names, addresses and the like are made of: lists of
// words, and how they are put together. It draws nothing; package gen does.
//
// It is not a faker library. The lists are those of brianvoe/gofakeit (see
// lists.txt), but its functions are not used: they have a generator of their own
// behind a lock, look each word up in three maps, and change what a seed makes
// between minor versions.
//
// # Decisions and their price
//
// The lists are a file in the program, not an import: 54 kB of text that nothing
// touches until a name is asked for, where the library's own tables, built as
// maps at the start of every run, cost half a millisecond. And an upgrade can't
// change what a seed makes: a test compares the file with the library of go.mod
// and says what is different. The price is to write the file anew then, and to
// say so.
//
// What could reach somebody can't: addresses are in the domains that RFC 2606
// sets aside, phone numbers are those kept for fiction (555-0100 to 555-0199).
package fake

import (
	_ "embed"
	"sort"
	"strings"
)

// lists are sections: a line "= name", and a word on each line behind it.
//
//go:embed lists.txt
var lists string

// A Part is a piece of a value: one of Words, so many Digits, or the Text.
type Part struct {
	Role   string // which list; equal roles of two values can be drawn alike
	Words  []string
	Digits int
	Text   string
}

// forms are how values are put together: {list} is a word of a list, {list~}
// one in small letters and only letters, # a digit.
var forms = map[string]string{
	"name": "{first} {last}", "first": "{first}", "last": "{last}", "prefix": "{prefix}",
	"user": "{first~}{last~}##", "email": "{first~}.{last~}##@example.{tld}",
	"phone": "+1-###-555-01##", "job": "{joblevel} {job}",
	"company": "{company}", "buzzword": "{buzzword}",
	"street": "### {streetprefix} {streetname}{streetsuffix}", "city": "{city}", "state": "{state}", "stateabr": "{stateabr}",
	"zip": "#####", "country": "{country}", "cc": "{cc}",
	"domain": "{noun~}.example.{tld}", "url": "https://{noun~}.example.{tld}/{verb~}/{adjective~}",
	"browser": "{browser}", "method": "{method}", "color": "{color}", "animal": "{animal}",
	"product": "{productadjective} {productmaterial} {productname}", "category": "{category}",
	"noun": "{noun}", "verb": "{verb}", "adjective": "{adjective}",
	"language": "{language}", "currency": "{currency}", "fruit": "{fruit}",
}

// Names are what can be made, sorted.
func Names() (names []string) {
	for name := range forms {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Parts are the pieces of a name, nil if there is no such name. The words are
// the caller's.
func Parts(name string) (parts []Part) {
	form := forms[name]
	for form != "" {
		end := strings.IndexAny(form, "{#")
		switch {
		case end < 0:
			return append(parts, Part{Text: form})
		case end > 0:
			parts = append(parts, Part{Text: form[:end]})
			form = form[end:]
		case form[0] == '#':
			rest := strings.TrimLeft(form, "#")
			parts = append(parts, Part{Role: "digits" + rest, Digits: len(form) - len(rest)})
			form = rest
		default:
			list, rest, _ := strings.Cut(form[1:], "}")
			role, plain := strings.CutSuffix(list, "~")
			parts = append(parts, Part{Role: role, Words: words(role, plain)})
			form = rest
		}
	}
	return parts
}

// words is a list; plain ones are in small letters, and other characters are
// left out.
func words(list string, plain bool) []string {
	_, section, _ := strings.Cut(lists, "\n= "+list+"\n")
	section, _, _ = strings.Cut(section, "\n= ")
	all := strings.Split(strings.TrimSuffix(section, "\n"), "\n")
	if plain {
		for i, w := range all {
			all[i] = strings.Map(letter, w)
		}
	}
	return all
}

func letter(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r | 0x20
	case r >= 'a' && r <= 'z':
		return r
	}
	return -1
}
