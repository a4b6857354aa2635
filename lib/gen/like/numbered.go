package like

import (
	"slices"
	"strconv"
	"strings"

	"ndjsontools/lib/gen/sketch"
)

// A numbered is strings of a text, a number without zeros in front, and a text,
// as dev-17; or of a text without digits.
type numbered struct {
	prefix, suffix string
	number         bool
	count          int64
	min, max       int64
}

func (n *numbered) around() string { return n.prefix + n.suffix }

// A numbering is the texts that stand around the numbers of a field: one, as in
// dev-17, or a few, as in /v1/orders/17 and /v1/users/5.
type numbering struct {
	list []numbered
	off  bool // they are too many or too long, or a number is none
}

// maxNumberings is how many texts around numbers are kept.
const maxNumberings = 20

func (x *numbering) add(s string) {
	if x.off {
		return
	}
	one, ok := split(s)
	at := slices.IndexFunc(x.list, func(n numbered) bool {
		return n.prefix == one.prefix && n.suffix == one.suffix && n.number == one.number
	})
	switch {
	case at >= 0 && ok:
		n := &x.list[at]
		n.count++
		n.min, n.max = min(n.min, one.min), max(n.max, one.max)
	case !ok, len(x.list) == maxNumberings, len(one.around()) > MaxLength:
		x.list, x.off = nil, true
	default:
		one.prefix, one.suffix = strings.Clone(one.prefix), strings.Clone(one.suffix)
		x.list = append(x.list, one)
	}
}

// split cuts a string around its last digits. A number with a zero in front is no
// number, and then the answer is false.
func split(s string) (n numbered, ok bool) {
	end := strings.LastIndexAny(s, "0123456789") + 1
	if end == 0 {
		return numbered{prefix: s, count: 1}, true
	}
	start := end
	for start > 0 && s[start-1] >= '0' && s[start-1] <= '9' {
		start--
	}
	digits := s[start:end]
	v, err := strconv.ParseInt(digits, 10, 50)
	return numbered{s[:start], s[end:], true, 1, v, v}, err == nil && (len(digits) == 1 || digits[0] != '0')
}

// one says whether one text is around all numbers.
func (x *numbering) one() bool { return len(x.list) == 1 && x.list[0].number }

// several says whether there are few texts, each of which came again: three times
// on the average.
func (x *numbering) several(count int64) bool {
	return len(x.list) > 1 && count >= 3*int64(len(x.list)) &&
		slices.ContainsFunc(x.list, func(n numbered) bool { return n.max > n.min })
}

// value makes the strings, sorted by their text; of one form, repeats says how many there are (see
// frequent.repeats).
func (x *numbering) value(repeats func(of float64) string) sketch.Value {
	var values []sketch.Value
	var counts []int64
	slices.SortFunc(x.list, func(a, b numbered) int { return strings.Compare(a.around(), b.around()) })
	for _, n := range x.list {
		v := sketch.String(n.prefix)
		if n.number {
			number := sketch.Expr("int", sketch.Range(n.min, n.max))
			if len(x.list) == 1 {
				number = number.With(repeats(float64(n.max-n.min) + 1))
			}
			v = sketch.JSON(sketch.Quote(sketch.Braces(n.prefix) + number.Spell() + sketch.Braces(n.suffix)))
		}
		values, counts = append(values, v), append(counts, n.count)
	}
	return sketch.One(counts, values...)
}
