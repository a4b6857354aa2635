package gen

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"ndjsontools/lib/gen/fake"
	"ndjsontools/lib/spell"
	"ndjsontools/lib/units"
)

// A typeInfo describes a type of the grammar.
type typeInfo struct {
	about   string
	example string
	named   []string // its name=value arguments
	flags   []string // its words
	least   int      // positional arguments
	most    int      // -1: any number
	text    bool     // its value is a string
	nested  bool     // arguments behind the second one belong to another type
	literal bool     // the last argument is the rest of the expression, as it is written
	compile func(*call) error
}

// modifiers are the arguments that any type takes.
var modifiers = []string{"null", "absent", "by", "card", "as", "zipf", "hot"}

// undrawn are the types without a choice that by=, card= or as= could steer.
var undrawn = []string{"concat", "copy", "hash", "null", "pad", "repeat"}

// types is filled by init, for some types look others up in it.
var types map[string]*typeInfo

// TypeNames are the names of all types, sorted.
func TypeNames() []string {
	var names []string
	for name := range types {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Types lists the types: an example, and what it makes, one to a line.
func Types() string {
	var b strings.Builder
	for _, name := range TypeNames() {
		t := types[name]
		fmt.Fprintf(&b, "%-34s %s\n", t.example, t.about)
		if list := append(slices.Clone(t.flags), equals(t.named)...); len(list) > 0 {
			fmt.Fprintf(&b, "%-34s takes %s\n", "", strings.Join(list, " "))
		}
	}
	b.WriteString("names for fake: " + strings.Join(fake.Names(), " ") + "\n")
	b.WriteString("any type: null=2% absent=1% by=FIELD card=1000 zipf=1.1 hot=20:80 as=FIELD\n")
	return b.String()
}

func equals(names []string) (list []string) {
	for _, n := range names {
		list = append(list, n+"=")
	}
	return list
}

// A call is one use of a type.
type call struct {
	*compiler
	e        *expr
	info     *typeInfo
	path     []string // of the field
	keys     []string // what cells are drawn by: the path, or that of as=
	inString bool
	args     []arg // positional
	named    map[string]arg
	unique   bool    // uniq: every value once
	exponent float64 // of Zipf's law, 0 for none
	bits     int     // of randomness of a value that is not counted
	distinct float64 // values that there can be, 0 for as many as records; negative if some are likelier
}

func (e *expr) modifier(name string) *arg {
	info := types[e.name]
	known := append(slices.Clone(modifiers), info.named...)
	seen := 0
	for i := range e.args {
		a := &e.args[i]
		if a.hasKey && a.plain && a.key == name {
			return a
		}
		if info.literal && !a.names(known) {
			break
		}
		if !a.hasKey && !slices.Contains(info.flags, a.value) {
			if seen++; info.nested && seen == 2 {
				break
			}
		}
	}
	return nil
}

// names says whether the argument is one of the names with a value.
func (a arg) names(known []string) bool { return a.hasKey && a.plain && slices.Contains(known, a.key) }

// expr compiles an expression: the modifiers around, the type inside.
func (c *compiler) expr(e *expr, path []string, inString bool) error {
	k := &call{compiler: c, e: e, info: types[e.name], path: path, keys: path, inString: inString, named: map[string]arg{}}
	if err := k.sort(); err != nil {
		return err
	}
	_, k.unique = k.named["uniq"]
	for _, name := range []string{"by", "card", "as"} {
		if a, ok := k.named[name]; ok && slices.Contains(undrawn, e.name) {
			return k.failAt(a, name+"= means nothing to "+e.name+", which draws no value of its own")
		}
	}
	if a, ok := k.named["as"]; ok {
		k.keys = splitPath(a.value)
	}
	field := len(c.fields)
	told := c.depth == 0 || c.inList && len(c.refs) == 0
	if told {
		c.fields = append(c.fields, fieldInfo{path: path, e: e, unique: k.unique || e.name == "uniq", listed: c.depth > 0})
	}
	run := func() error { return k.placed(k.value) }
	var err error
	if a, ok := k.named["null"]; ok {
		err = c.nullable(e.src, &a, path, run)
	} else {
		err = run()
	}
	if err == nil && told {
		f := &c.fields[field]
		f.distinct, f.exponent, f.bits = k.distinct, k.exponent, k.bits
		if _, by := k.named["by"]; by || k.named["card"].value != "" {
			f.bits = 0 // there are no more values than positions
		}
	}
	return err
}

// sort tells the arguments apart.
func (k *call) sort() error {
	known := append(slices.Clone(modifiers), k.info.named...)
	for i, a := range k.e.args {
		switch {
		case a.names(known):
			if _, twice := k.named[a.key]; twice {
				return k.failAt(a, a.key+"= stands twice")
			}
			k.named[a.key] = a
		case !a.hasKey && !a.ref && a.plain && slices.Contains(k.info.flags, a.value):
			k.named[a.value] = a
		case k.info.literal:
			a.raw = k.e.text[a.off:]
			k.args = append(k.args, a)
			return nil
		case a.hasKey && k.info.most >= 0 && !k.info.nested:
			return k.failAt(a, k.e.name+" has no argument "+quoteText(a.key)+spell.DidYouMean(a.key, known, "", ""))
		default:
			k.args = append(k.args, a)
			if k.info.nested && len(k.args) == 2 {
				k.args = append(k.args, k.e.args[i+1:]...)
				return nil
			}
		}
	}
	if n := len(k.args); n < k.info.least {
		return k.e.src.fail(k.e.off+len(k.e.name), k.e.name+" needs more arguments, as in "+k.info.example, "")
	} else if k.info.most >= 0 && n > k.info.most && !k.info.nested {
		a := k.args[k.info.most]
		return k.failAt(a, k.e.name+" does not know what to do with "+quoteText(a.text())+spell.DidYouMean(a.text(), append(k.info.flags, known...), "", ""))
	}
	return nil
}

func (k *call) failAt(a arg, message string) error {
	return k.e.src.fail(a.off, message, k.e.name+" is used as in "+k.info.example)
}

// placed moves inside to the positions that by= and card= choose.
func (k *call) placed(inside func() error) error {
	skew, skewed := k.skewed()
	_, inner := k.named["card"]
	if skewed && !inner && k.e.name != "int" {
		return k.failAt(skew, skew.key+"= needs card=, or the type int")
	}
	if inner {
		a := k.named["card"]
		n, err := units.ParseCount(a.value)
		if err != nil || n < 1 {
			return k.failAt(a, "card="+a.value+" is not a number of values from 1 on")
		}
		o := op{kind: opCard, n: uint64(n), key: key(k.Seed, k.path, "card")}
		if skewed {
			z, err := k.skew(skew, uint64(n))
			if err != nil {
				return err
			}
			o.more = &more{zipf: z}
		}
		value := inside
		k.distinct = float64(n)
		if skewed {
			k.distinct = -k.distinct
		}
		inside = func() error {
			return k.around(o, func() error { return k.at(int64(n), value) })
		}
	}
	if a, ok := k.named["by"]; ok {
		return k.around(op{kind: opBy}, func() error {
			at := len(k.ops) - 1
			if err := k.ref(k.e.src, a.off+len("by="), strings.TrimPrefix(a.value, "."), true); err != nil {
				return err
			}
			k.ops[at].times = len(k.ops) - at - 1
			k.sealed = len(k.ops)
			return k.at(hashedPlaces, inside)
		})
	}
	return inside()
}

// value compiles the type itself.
func (k *call) value() error {
	text := k.info.text
	if _, str := k.named["str"]; str {
		text = true
	}
	if text {
		k.quote(k.inString)
	}
	if err := k.info.compile(k); err != nil {
		return err
	}
	if text {
		k.quote(k.inString)
	}
	return nil
}

// leaf adds an operation with a stream of cells.
func (k *call) leaf(o op) {
	o.key = key(k.Seed, k.keys, "v")
	k.ops = append(k.ops, o)
}

func (k *call) add(o op) { k.ops = append(k.ops, o) }

// ints reads argument i as a range of whole numbers.
func (k *call) ints(i int) (lo, hi int64, err error) {
	a := k.args[i]
	if lo, hi, err = parseInts(a.text()); err != nil {
		return 0, 0, k.failAt(a, err.Error())
	}
	if _, str := k.named["str"]; !str && (lo < -maxNumber || hi > maxNumber) {
		return 0, 0, k.failAt(a, "a number beyond 9007199254740991 is not exact in JSON; str makes it a string")
	}
	return lo, hi, nil
}

// sizes reads argument i as a range of lengths, with fallback where there is none.
func (k *call) sizes(i int, lo, hi int64) (int64, int64, error) {
	if i >= len(k.args) {
		return lo, hi, nil
	}
	a := k.args[i]
	lo, hi, err := parseInts(a.text())
	if err != nil || lo < 0 || hi > maxRecord {
		return 0, 0, k.failAt(a, quoteText(a.text())+" is not a length or a range of lengths: 8, 4..20")
	}
	return lo, hi, nil
}

// decimals is what dp= says, or what was written.
func (k *call) decimals(fallback int) (int, error) {
	a, ok := k.named["dp"]
	if !ok {
		return fallback, nil
	}
	n, err := strconv.Atoi(a.value)
	if err != nil || n < 0 || n > 12 {
		return 0, k.failAt(a, "dp= is a number of decimals from 0 to 12")
	}
	return n, nil
}

func (k *call) number(a arg) (float64, error) {
	v, err := parseFloat(a.value)
	if err != nil {
		return 0, k.failAt(a, quoteText(a.value)+" is not a number")
	}
	return v, nil
}

// param is a named argument, or the positional one at i.
func (k *call) param(name string, i int) (arg, bool) {
	if a, ok := k.named[name]; ok {
		return a, true
	}
	if i < len(k.args) {
		return k.args[i], true
	}
	return arg{}, false
}
