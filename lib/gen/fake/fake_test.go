package fake

import (
	"os"
	"strings"
	"testing"

	"github.com/brianvoe/gofakeit/v7/data"
)

// sources say which list of the library a section is.
var sources = []struct {
	section string
	words   []string
}{
	{"prefix", data.Person["prefix"]}, {"first", data.Person["first"]}, {"last", data.Person["last"]},
	{"tld", []string{"com", "net", "org"}}, // RFC 2606 has no others
	{"joblevel", data.Job["level"]}, {"job", data.Job["title"]},
	{"company", data.Company["name"]}, {"buzzword", data.Company["buzzwords"]},
	{"streetprefix", data.Address["street_prefix"]}, {"streetname", data.Address["street_name"]}, {"streetsuffix", data.Address["street_suffix"]},
	{"city", data.Address["city"]}, {"state", data.Address["state"]}, {"stateabr", data.Address["state_abr"]},
	{"country", data.Address["country"]}, {"cc", data.Address["country_abr"]},
	{"browser", data.Internet["browser"]}, {"method", data.Internet["http_method"]},
	{"color", data.Colors["safe"]}, {"animal", data.Animal["animal"]},
	{"productadjective", data.Product["adjective"]}, {"productmaterial", data.Product["material"]}, {"productname", data.Product["name"]},
	{"category", data.Product["category"]},
	{"noun", data.Word["noun_common"]}, {"verb", data.Word["verb_action"]}, {"adjective", data.Word["adjective_descriptive"]},
	{"language", data.Languages["long"]}, {"currency", data.Currency["short"]}, {"fruit", data.Food["fruit"]},
}

// head is the beginning of the file: the source, and its licence.
const head = `Word lists of github.com/brianvoe/gofakeit, package data. Their licence:

The MIT License (MIT)

Copyright (c) [year] [fullname]

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

`

// The file is what the library of go.mod has. After an upgrade that changed a
// list, UPDATE_LISTS=1 writes it anew: seeds make other values from then on.
func TestLists(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	for _, s := range sources {
		b.WriteString("= " + s.section + "\n")
		for _, w := range s.words {
			if w == "" || strings.ContainsAny(w, "\n\t") || strings.HasPrefix(w, "= ") {
				t.Fatalf("%s: the word %q has no place on a line", s.section, w)
			}
			b.WriteString(w + "\n")
		}
	}
	if os.Getenv("UPDATE_LISTS") != "" {
		if err := os.WriteFile("lists.txt", []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if lists != b.String() {
		t.Error("lists.txt is not what the library has: UPDATE_LISTS=1 go test ./lib/gen/fake, and tell of it, for seeds make other values then")
	}
}

// Every form is made of lists that there are.
func TestParts(t *testing.T) {
	for _, name := range Names() {
		parts := Parts(name)
		if len(parts) == 0 {
			t.Errorf("%s is made of nothing", name)
		}
		for _, p := range parts {
			if (len(p.Words) > 0) == (p.Digits > 0 || p.Text != "") {
				t.Errorf("%s: the part %+v is not one thing", name, p)
			}
			for _, w := range p.Words {
				if w == "" {
					t.Errorf("%s: an empty word in %s", name, p.Role)
				}
			}
		}
	}
	if Parts("nme") != nil {
		t.Error("there is no nme")
	}
}
