package gen

import (
	"strings"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/spell"
	"ndjsontools/lib/units"
)

func boolType(k *call) error {
	p := uint64(1) << 63
	if a, ok := k.named["p"]; ok {
		var err error
		if p, err = parseShare(a.value); err != nil {
			return k.failAt(a, "p="+a.value+": "+err.Error())
		}
	}
	k.ops = append(k.ops, op{kind: opMaybe, n: p, bytes: []byte("true"), span: 1, key: key(k.Seed, k.keys, "v")},
		op{kind: opStatic, bytes: []byte("false")})
	k.sealed = len(k.ops)
	k.among(2)
	return nil
}

// pickType makes strings, unless every value is a number, true, false or null.
func pickType(k *call) error {
	m := &more{}
	weights := make([]uint64, len(k.args))
	var total uint64
	weighted, native := false, true
	names := make([]string, len(k.args))
	for i, a := range k.args {
		if a.ref {
			return k.failAt(a, `pick takes no fields; \. stands for a dot`)
		}
		names[i], weights[i] = a.value, 1
		if a.hasKey {
			w, err := units.ParseCount(a.value)
			if err != nil || w < 0 || w > 1e9 {
				return k.failAt(a, "the weight "+quoteText(a.value)+" is not a whole number from 0 on"+spell.DidYouMean(a.key, modifiers, "", "="))
			}
			names[i], weights[i], weighted = a.key, uint64(w), true
		}
		total += weights[i]
		native = native && a.plain && isScalar(names[i])
	}
	if total == 0 {
		return k.failAt(k.args[0], "all weights are 0")
	}
	if len(names) > 1_000_000 {
		return k.failAt(k.args[0], "pick takes at most a million values")
	}
	longest := 0
	_, str := k.named["str"]
	for _, name := range names {
		v := name
		if !native || str {
			v = escape(name)
		}
		m.values = append(m.values, roomy(v))
		longest = max(longest, len(v))
	}
	if weighted {
		m.alias = newAlias(weights)
	}
	return k.choice(m, longest, !native && !str)
}

// choice adds one of m.values, of which none is longer than longest.
func (k *call) choice(m *more, longest int, quote bool) error {
	if k.unique && m.alias != nil {
		return k.failAt(k.named["uniq"], "values that are there once each have no weights")
	}
	if quote {
		k.quote(k.inString)
	}
	err := k.counted(op{kind: opPick, max: longest, more: m}, uint64(len(m.values)))
	if quote {
		k.quote(k.inString)
	}
	return err
}

// isScalar says whether text is a JSON number, true, false or null.
func isScalar(text string) bool {
	return text != "" && !strings.ContainsAny(text[:1], `"[{`) && jsonscan.Valid([]byte(text)) == nil
}
