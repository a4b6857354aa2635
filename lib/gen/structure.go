package gen

import (
	"strconv"

	"ndjsontools/lib/spell"
)

func listType(k *call) error {
	lo, hi, err := k.sizes(0, 0, 0)
	if err != nil {
		return err
	}
	if k.inString {
		return k.e.src.fail(k.e.off, "a list can't stand inside a string", "")
	}
	inner := &expr{src: k.e.src, off: k.args[1].off, name: k.args[1].text(), text: k.e.text, args: k.args[2:]}
	if types[inner.name] == nil {
		return k.failAt(k.args[1], "unknown type "+quoteText(inner.name)+spell.DidYouMean(inner.name, TypeNames(), "", ""))
	}
	if a := inner.modifier("absent"); a != nil {
		return k.failAt(*a, "an element of a list can't be absent; absent= stands before the element's type")
	}
	return k.list(k.keys, lo, hi, func(path []string) error { return k.expr(inner, path, false) })
}

// parts renders texts and fields, one behind the other.
func (k *call) parts(list []arg) error {
	for _, a := range list {
		if a.ref {
			if err := k.ref(k.e.src, a.off, a.value, true); err != nil {
				return err
			}
			continue
		}
		text := escape(a.text())
		if k.text += len(text); k.compiler.text > maxRecord {
			return k.failAt(a, "the record is longer than 64 MiB")
		}
		k.static(text)
	}
	return nil
}

func repeatType(k *call) error {
	n, hi, err := k.sizes(0, 0, 0)
	if err != nil {
		return err
	}
	if n != hi {
		return k.failAt(k.args[0], "repeat takes one number, not a range")
	}
	if n == 0 {
		return nil
	}
	return k.around(op{kind: opRepeat, times: int(n)}, func() error { return k.parts(k.args[1:]) })
}

func concatType(k *call) error { return k.parts(k.args) }

func copyType(k *call) error {
	a := k.args[0]
	return k.ref(k.e.src, a.off, a.text(), k.inString)
}

func hashType(k *call) error {
	n := 16
	if len(k.args) > 1 {
		var err error
		if n, err = strconv.Atoi(k.args[1].text()); err != nil || n < 1 || n > 16 {
			return k.failAt(k.args[1], "a hash has 1 to 16 digits")
		}
	}
	a := k.args[0]
	// The key is the seed's alone: equal values have equal hashes in every field.
	return k.around(op{kind: opHash, times: n, key: key(k.Seed, nil, "hash")}, func() error {
		return k.ref(k.e.src, a.off, a.text(), true)
	})
}

// objType is an object without a template: name=type, with colons for the
// commas of the type's arguments.
func objType(k *call) error {
	if k.inString {
		return k.e.src.fail(k.e.off, "an object can't stand inside a string", "")
	}
	n := &node{kind: objectNode, src: k.e.src}
	for _, a := range k.args {
		if !a.hasKey || a.key == "" {
			return k.failAt(a, "a member is name=type, not "+quoteText(a.raw))
		}
		if n.member(a.key) != nil {
			return k.failAt(a, "the member "+quoteText(a.key)+" stands twice")
		}
		src := k.e.src
		src.base, src.flat = src.at(a.off), false
		_, text := cutUnescaped(a.raw, '=')
		e, err := parseExpr(src, commas(text))
		if err != nil {
			return err
		}
		n.names = append(n.names, a.key)
		n.items = append(n.items, &node{kind: exprNode, src: src, expr: e})
	}
	return k.object(n, k.keys, false)
}

// cutUnescaped cuts at the first sep that no backslash stands before.
func cutUnescaped(text string, sep byte) (before, after string) {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
		} else if text[i] == sep {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// commas makes colons and escaped commas into commas; an escaped colon stays.
func commas(text string) string {
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == ':' || text[i] == '\\' && i+1 < len(text) && text[i+1] == ',':
			b = append(b, ',')
			if text[i] == '\\' {
				i++
			}
		case text[i] == '\\' && i+1 < len(text):
			b = append(b, text[i], text[i+1])
			i++
		default:
			b = append(b, text[i])
		}
	}
	return string(b)
}
