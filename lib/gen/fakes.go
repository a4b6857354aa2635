package gen

import (
	"strings"

	"ndjsontools/lib/gen/fake"
	"ndjsontools/lib/spell"
)

// fakeType puts a value together of words. The cells of a word depend on the
// field and on what the word is for: with as=, an email has the name of another
// field.
func fakeType(k *call) error {
	a := k.args[0]
	parts := fake.Parts(a.text())
	if parts == nil {
		return k.failAt(a, "fake has no "+quoteText(a.text())+spell.DidYouMean(a.text(), fake.Names(), "", "")+"; it has "+strings.Join(fake.Names(), ", "))
	}
	distinct := 1.0
	for _, p := range parts {
		o := op{key: key(k.Seed, k.keys, "v/"+p.Role)}
		switch {
		case p.Digits > 0:
			o.kind, o.times, o.max = opDigits, p.Digits, p.Digits
			distinct *= float64(pow10[p.Digits])
		case p.Words != nil:
			m := &more{}
			for _, w := range p.Words {
				w = escape(w)
				m.values = append(m.values, roomy(w))
				o.max = max(o.max, len(w))
			}
			o.kind, o.n, o.more = opPick, uint64(len(m.values)), m
			distinct *= float64(len(m.values))
		default:
			k.static(escape(p.Text))
			continue
		}
		k.add(o)
	}
	k.atMost(distinct)
	return nil
}
