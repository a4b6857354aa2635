// Package sketch spells templates for package gen: it is what those who make a
// template of something else write with. It checks nothing; ParseTemplate does.
package sketch

import (
	"strconv"
	"strings"

	"ndjsontools/lib/jsonscan"
)

// A Value is a part of a template: what stands for one JSON value. The zero
// Value is null.
type Value struct {
	typ, args string // an expression
	lengths   string // of a list
	json      string // anything else
	weights   []int64
	items     []Value // of a list one, otherwise one of these
	modifiers []string
}

// Expr is an expression, of a type and its arguments, already spelled; "" for
// none.
func Expr(typ, args string) Value { return Value{typ: typ, args: args} }

// JSON is a constant, or an object or array of other values' Text.
func JSON(text string) Value { return Value{json: text} }

// String is a constant string.
func String(s string) Value { return JSON(Quote(Braces(s))) }

// List is an array of so many elements: "3" or "0..3".
func List(lengths string, element Value) Value {
	return Value{lengths: lengths, items: []Value{element}}
}

// One is one of several values; without weights all are as likely.
func One(weights []int64, items ...Value) Value { return Value{weights: weights, items: items} }

// Member is a member of an object as JSON takes them. At the top of a template $w
// is the weight, and $$w a member of that name.
func Member(name string, v Value, top bool) string {
	if top && strings.HasSuffix(name, "$w") && strings.Trim(name, "$") == "w" {
		name = "$" + name
	}
	return Quote(name) + ":" + v.Text()
}

// Type is the type of an expression, "" for what is none.
func (v Value) Type() string { return v.typ }

// Args are the arguments of an expression.
func (v Value) Args() string { return v.args }

// With is the value with a modifier, as null=2%; "" changes nothing.
func (v Value) With(modifier string) Value {
	if modifier == "" {
		return v
	}
	if v.weights == nil && len(v.items) == 1 && v.lengths == "" {
		return v.items[0].With(modifier)
	}
	v.modifiers = append(v.modifiers[:len(v.modifiers):len(v.modifiers)], modifier)
	return v
}

// Text is the value as it stands in a template.
func (v Value) Text() string {
	mods := join(v.modifiers)
	switch {
	case v.typ != "":
		return Quote(v.Spell())
	case v.lengths != "":
		return `[` + Quote("{{*"+join([]string{v.lengths, mods})+"}}") + `,` + v.items[0].Text() + `]`
	case len(v.items) == 1 && mods == "":
		return v.items[0].Text()
	case v.items == nil && mods == "":
		if v.json == "" {
			return "null"
		}
		return v.json
	}
	head := []string{"one"}
	for _, w := range v.weights {
		head = append(head, strconv.FormatInt(min(w, 1<<30-1), 10))
	}
	text := `[` + Quote("{{"+join(append(head, mods))+"}}")
	items := v.items
	if items == nil {
		items = []Value{{json: v.json}}
	}
	for _, item := range items {
		text += `,` + item.Text()
	}
	return text + `]`
}

// Spell is an expression as it stands in a string, {{int,1..9}}. Modifiers come
// first: behind some types' arguments they would be others.
func (v Value) Spell() string {
	return "{{" + join([]string{v.typ, join(v.modifiers), v.args}) + "}}"
}

// join puts commas between the parts that are not empty.
func join(parts []string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, ",")
}

// Quote is s as a JSON string.
func Quote(s string) string { return string(jsonscan.AppendString(nil, []byte(s))) }

// Braces doubles the braces that would begin an expression.
func Braces(s string) string { return strings.ReplaceAll(s, "{{", "{{{{") }

// Range is "lo..hi", or "lo" where both are the same.
func Range(lo, hi int64) string {
	if lo == hi {
		return strconv.FormatInt(lo, 10)
	}
	return strconv.FormatInt(lo, 10) + ".." + strconv.FormatInt(hi, 10)
}

// Share is a share as modifiers spell it, in percent: 0.0001% at least.
func Share(part, whole int64) string {
	text := strconv.FormatFloat(max(100*float64(part)/float64(whole), 1e-4), 'f', 4, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "%"
}
