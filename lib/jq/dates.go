package jq

import (
	"math"
	"strconv"
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
	largestSecond = 1 << 55              // a year of 9 digits and more: the C library refuses those, too
	outOfRange    = "error converting number of seconds since epoch to datetime"
)

// timeOf is the time that a number, of seconds since 1970, or a broken-down time
// is. name is the function that asks.
func timeOf(m *machine, v json.Value, name string, zone *time.Location) (time.Time, outcome) {
	switch v.Kind() {
	case json.KindNumber:
		t, ok := timeAt(v.Float())
		if !ok {
			_, o := m.failText(outOfRange)
			return t, o
		}
		return t.In(zone), one
	case json.KindArray:
		if t, ok := brokenDown(v.Array(), zone); ok {
			return t, one
		}
	}
	_, o := m.failText(name + " requires parsed datetime inputs")
	return time.Time{}, o
}

// timeAt is the time of seconds since 1970, to the microsecond: a double knows no
// more of our days.
func timeAt(seconds float64) (time.Time, bool) {
	whole := math.Floor(seconds)
	if !(math.Abs(whole) < largestSecond) {
		return time.Time{}, false
	}
	micros := min(math.Round((seconds-whole)*1e6), 999_999)
	return time.Unix(int64(whole), int64(micros)*1000).UTC(), true
}

// todate prints a time as ISO 8601 in UTC. Fractions of a second are cut off.
func todate(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	t, o := timeOf(m, v, "strftime/1", time.UTC)
	if o != one {
		return v, o
	}
	if c := &m.dates; !c.known || c.second != t.Unix() {
		c.known, c.second = true, t.Unix()
		c.text = json.FromString(string(appendDate(make([]byte, 0, 20), t)))
	}
	return m.dates.text, one
}

func strftime(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	return formatTime(m, v, a, "strftime/1", time.UTC)
}

func strflocaltime(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	return formatTime(m, v, a, "strflocaltime/1", m.zone)
}

func formatTime(m *machine, v, format json.Value, name string, zone *time.Location) (json.Value, outcome) {
	if format.Kind() != json.KindString && (v.Kind() == json.KindNumber || v.Kind() == json.KindArray) {
		return m.failText(name + " requires a string format")
	}
	t, o := timeOf(m, v, name, zone)
	if o != one {
		return v, o
	}
	return json.FromString(string(appendTime(nil, format.Str(), t))), one
}

// appendDate writes 2015-03-05T23:51:47Z.
func appendDate(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	dst = strconv.AppendInt(dst, int64(year), 10)
	dst = appendPadded(append(dst, '-'), int(month), 2)
	dst = appendPadded(append(dst, '-'), day, 2)
	dst = appendPadded(append(dst, 'T'), hour, 2)
	dst = appendPadded(append(dst, ':'), minute, 2)
	dst = appendPadded(append(dst, ':'), sec, 2)
	return append(dst, 'Z')
}

// appendPadded writes n, which is not negative, with zeros before it.
func appendPadded(dst []byte, n, width int) []byte {
	var digits [20]byte
	i := len(digits)
	for ; n > 0 || i > len(digits)-width; n /= 10 {
		i--
		digits[i] = byte('0' + n%10)
	}
	return append(dst, digits[i:]...)
}

// brokenDown reads [year, month from 0, day, hours, minutes, seconds, ...]. What
// is missing is what C has for zero: the year 1900, and the day before the first.
func brokenDown(a *json.Array, zone *time.Location) (time.Time, bool) {
	n, micros := [6]int{1900}, 0.0
	for i, x := range a.Elems()[:min(a.Len(), 8)] {
		if x.Kind() != json.KindNumber || !(math.Abs(x.Float()) < 1<<31) {
			return time.Time{}, false
		}
		if i < len(n) {
			whole := math.Trunc(x.Float())
			if n[i] = int(whole); i == 0 { // C counts years from 1900
				n[i] = 1900 + int(x.Float()-1900)
			}
			if i == 5 {
				micros = max(0, min(math.Round((x.Float()-whole)*1e6), 999_999))
			}
		}
	}
	return time.Date(n[0], time.Month(n[1]+1), n[2], n[3], n[4], n[5], int(micros)*1000, zone), true
}

func mktime(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindArray {
		return m.failText("mktime requires array inputs")
	}
	t, ok := brokenDown(v.Array(), time.UTC)
	if !ok {
		return m.failText("mktime requires parsed datetime inputs")
	}
	return json.FromInt(t.Unix()), one
}

func gmtime(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return breakDown(m, v, "gmtime", time.UTC)
}

func localtime(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	return breakDown(m, v, "localtime", m.zone)
}

// breakDown breaks a time down; the seconds keep their fraction.
func breakDown(m *machine, v json.Value, name string, zone *time.Location) (json.Value, outcome) {
	if v.Kind() != json.KindNumber {
		return m.failText(name + "() requires numeric inputs")
	}
	t, ok := timeAt(v.Float())
	if !ok {
		return m.failText(outOfRange)
	}
	t = t.In(zone)
	seconds := float64(t.Second()) + (v.Float() - math.Floor(v.Float()))
	return components(t.Year(), int(t.Month())-1, t.Day(), t.Hour(), t.Minute(), seconds, int(t.Weekday()), t.YearDay()-1), one
}

func components(year, month, day, hour, minute int, seconds float64, weekday, yearDay int) json.Value {
	out := json.NewArray(8)
	for _, n := range [...]int{year, month, day, hour, minute} {
		out.Append(json.FromInt(int64(n)))
	}
	out.Append(computed(seconds), json.FromInt(int64(weekday)), json.FromInt(int64(yearDay)))
	return out.Value()
}

func strptime(m *machine, v, a, _ json.Value) (json.Value, outcome) {
	p, o := scanTime(m, v, a)
	if o != one {
		return v, o
	}
	out := components(p.year, p.month, p.day, p.hour, p.minute, p.seconds(), p.weekday, p.yearDay)
	if p.rest != "" { // which begins with white space; jq hands it on
		out.Array().Append(json.FromString(p.rest))
	}
	return out, one
}

func scanTime(m *machine, v, format json.Value) (*parsedTime, outcome) {
	if !bothStrings(v, format) {
		_, o := m.failText("strptime/1 requires string inputs and arguments")
		return nil, o
	}
	p, ok := parseTime(v.Str(), format.Str())
	if !ok {
		_, o := m.failText(`date "` + v.Str() + `" does not match format "` + format.Str() + `"`)
		return nil, o
	}
	return p, one
}

// fromdate is strptime and mktime; the form that todate prints has a way of its
// own.
func fromdate(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() == json.KindString && len(v.Str()) == len("2006-01-02T15:04:05Z") {
		if t, err := time.Parse("2006-01-02T15:04:05Z", v.Str()); err == nil {
			return json.FromInt(t.Unix()), one
		}
	}
	p, o := scanTime(m, v, json.FromString(isoFormat))
	if o != one {
		return v, o
	}
	t := p.date().Add(time.Duration(p.hour*3600+p.minute*60+p.second) * time.Second)
	return json.FromInt(t.Unix()), one
}
