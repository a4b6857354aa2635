package jq

import (
	"math"
	"time"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// dateCache keeps the last time that was printed: the records of a stream that
// are stamped with now mostly have it in common.
type dateCache struct {
	known  bool
	second int64
	text   json.Value
}

// nowCall compiles now: the seconds since 1970, to the microsecond, as in jq.
func (c *compiler) nowCall(n *syntax.Call, _ *unit, _ *binding) code {
	if c.opts.Now == nil {
		c.fail(n, "", "now/0 is not available here: there is no clock")
	}
	return code{e: nowExpr{}}
}

type nowExpr struct{}

func (nowExpr) eval(m *machine, _ json.Value) (json.Value, outcome) {
	return json.FromFloat(float64(m.clock().UnixMicro()) / 1e6), one
}

const (
	isoFormat     = "%Y-%m-%dT%H:%M:%SZ" // as jq's messages name it
	parsedWanted  = "strftime/1 requires parsed datetime inputs"
	mktimeWanted  = "mktime requires array of 6 numbers"
	largestSecond = 1 << 55 // a year of 9 digits and more: the C library refuses those, too
)

// todate prints a time, in seconds since 1970 or broken down, as ISO 8601 in
// UTC. Fractions of a second are cut off.
func todate(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	var second int64
	switch v.Kind() {
	case json.KindNumber:
		f := math.Floor(v.Float())
		if !(math.Abs(f) < largestSecond) {
			return m.failText("error converting number of seconds since epoch to datetime")
		}
		second = int64(f)
	case json.KindArray:
		t, ok := brokenDown(v.Array())
		if !ok {
			return m.failText(parsedWanted)
		}
		second = t.Unix()
	default:
		return m.failText(parsedWanted)
	}
	if c := &m.dates; !c.known || c.second != second {
		c.known, c.second = true, second
		c.text = json.FromString(string(appendDate(make([]byte, 0, 20), second)))
	}
	return m.dates.text, one
}

// appendDate writes 2015-03-05T23:51:47Z.
func appendDate(dst []byte, second int64) []byte {
	t := time.Unix(second, 0).UTC()
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	dst = appendPadded(dst, year, 4)
	dst = appendPadded(append(dst, '-'), int(month), 2)
	dst = appendPadded(append(dst, '-'), day, 2)
	dst = appendPadded(append(dst, 'T'), hour, 2)
	dst = appendPadded(append(dst, ':'), minute, 2)
	dst = appendPadded(append(dst, ':'), sec, 2)
	return append(dst, 'Z')
}

func appendPadded(dst []byte, n, width int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
		width--
	}
	var digits [20]byte
	i := len(digits)
	for ; n > 0 || i > len(digits)-width; n /= 10 {
		i--
		digits[i] = byte('0' + n%10)
	}
	return append(dst, digits[i:]...)
}

// brokenDown reads [year, month from 0, day, hours, minutes, seconds, ...].
func brokenDown(a *json.Array) (time.Time, bool) {
	if a.Len() < 6 {
		return time.Time{}, false
	}
	var n [6]int
	for i := range n {
		x := a.At(i)
		if x.Kind() != json.KindNumber || !(math.Abs(x.Float()) < 1<<31) {
			return time.Time{}, false
		}
		n[i] = int(math.Floor(x.Float()))
	}
	return time.Date(n[0], time.Month(n[1]+1), n[2], n[3], n[4], n[5], 0, time.UTC), true
}

func mktime(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.failText(mktimeWanted)
	}
	t, ok := brokenDown(v.Array())
	if !ok {
		if v.Array().Len() < 6 {
			return m.failText(mktimeWanted)
		}
		return m.failText("mktime requires parsed datetime inputs")
	}
	return json.FromInt(t.Unix()), one
}

// gmtime breaks a time down; the seconds keep their fraction.
func gmtime(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindNumber {
		return m.failText("gmtime() requires a number")
	}
	whole := math.Floor(v.Float())
	if !(math.Abs(whole) < largestSecond) {
		return m.failText("error converting number of seconds since epoch to datetime")
	}
	t := time.Unix(int64(whole), 0).UTC()
	out := json.NewArray(8)
	for _, n := range [...]int{t.Year(), int(t.Month()) - 1, t.Day(), t.Hour(), t.Minute()} {
		out.Append(json.FromInt(int64(n)))
	}
	seconds := float64(t.Second()) + (v.Float() - whole)
	out.Append(computed(seconds), json.FromInt(int64(t.Weekday())), json.FromInt(int64(t.YearDay()-1)))
	return out.Value(), one
}

func fromdate(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindString {
		return m.failText("strptime/1 requires string inputs and arguments")
	}
	t, err := time.Parse("2006-01-02T15:04:05Z", v.Str())
	if err != nil || t.Nanosecond() != 0 {
		return m.failText(`date "` + v.Str() + `" does not match format "` + isoFormat + `"`)
	}
	return json.FromInt(t.Unix()), one
}
