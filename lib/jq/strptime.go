package jq

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// parsedTime is what C's strptime leaves: what the text did not say keeps the
// value that jq gave it before.
type parsedTime struct {
	rest                 string // what stands behind, from white space on
	year, month, day     int    // month from 0
	hour, minute, second int
	nanosecond           int
	weekday, yearDay     int // from 0

	hasMonth, hasDay, hasWeekday, hasYearDay bool
	wantsDay                                 bool // the weekday and the day of the year are to be found
	half, pm                                 bool // there are hours of half a day
	century                                  int  // or -1
	shortYear                                bool // to which the century is to be added
	weeks, firstDay                          int  // of the year, the weeks beginning on that weekday; -1 for none
}

// parseTime reads text as C's strptime does in the C locale of glibc. Beyond it,
// %f and %N are the digits of a fraction of a second.
func parseTime(text, format string) (*parsedTime, bool) {
	p := &parsedTime{year: 1900, weekday: 8, yearDay: 367, century: -1, weeks: -1}
	rest, ok := p.read(text, format)
	if !ok || rest != "" && strings.IndexByte(" \t\n\v\f\r", rest[0]) < 0 {
		return nil, false
	}
	p.rest = rest
	p.finish()
	return p, true
}

func (p *parsedTime) read(in, format string) (rest string, ok bool) {
	for format != "" {
		r, size := utf8.DecodeRuneInString(format)
		switch {
		case unicode.IsSpace(r):
			in, format = skipSpace(in), format[size:]
			continue
		case r != '%':
			if !strings.HasPrefix(in, format[:size]) {
				return "", false
			}
			in, format = in[size:], format[size:]
			continue
		}
		_, letter, size := parseConversion(format)
		format = format[size:]
		if whole, composite := strftimeComposites[letter]; composite {
			in, ok = p.read(in, whole)
		} else {
			in, ok = p.convert(in, letter)
		}
		if !ok {
			return "", false
		}
	}
	return in, true
}

func skipSpace(s string) string { return strings.TrimLeft(s, " \t\n\v\f\r") }

// convert reads what one conversion stands for.
func (p *parsedTime) convert(in string, letter byte) (rest string, ok bool) {
	switch letter {
	case 'Y':
		p.wantsDay, p.shortYear = true, false
		return readNumber(in, &p.year, 0, 9999, 4)
	case 'y':
		if in, ok = readNumber(in, &p.year, 0, 99, 2); p.year < 69 {
			p.year += 100
		}
		p.year += 1900
		p.wantsDay, p.shortYear = true, true
		return in, ok
	case 'C':
		p.wantsDay = true
		return readNumber(in, &p.century, 0, 99, 2)
	case 'm':
		in, ok = readNumber(in, &p.month, 1, 12, 2)
		p.month--
		p.hasMonth, p.wantsDay = true, true
		return in, ok
	case 'b', 'B', 'h':
		p.hasMonth, p.wantsDay = true, true
		return word(in, &p.month, 12, func(i int) string { return time.Month(i + 1).String() })
	case 'd', 'e':
		p.hasDay, p.wantsDay = true, true
		return readNumber(in, &p.day, 1, 31, 2)
	case 'j':
		in, ok = readNumber(in, &p.yearDay, 1, 366, 3)
		p.yearDay--
		p.hasYearDay = true
		return in, ok
	case 'a', 'A':
		p.hasWeekday = true
		return word(in, &p.weekday, 7, func(i int) string { return time.Weekday(i).String() })
	case 'u':
		in, ok = readNumber(in, &p.weekday, 1, 7, 1)
		p.weekday %= 7
		p.hasWeekday = true
		return in, ok
	case 'w':
		p.hasWeekday = true
		return readNumber(in, &p.weekday, 0, 6, 1)
	case 'U', 'W':
		p.firstDay = strings.IndexByte("UW", letter)
		return readNumber(in, &p.weeks, 0, 53, 2)
	}
	return p.convertClock(in, letter)
}

// convertClock is convert for the time of the day, and for the rest.
func (p *parsedTime) convertClock(in string, letter byte) (rest string, ok bool) {
	ignored := 0
	switch letter {
	case 'H', 'k':
		p.half = false
		return readNumber(in, &p.hour, 0, 23, 2)
	case 'I', 'l':
		in, ok = readNumber(in, &p.hour, 1, 12, 2)
		p.hour %= 12
		p.half = true
		return in, ok
	case 'p':
		half := 0
		in, ok = word(in, &half, 2, func(i int) string { return [...]string{"AM", "PM"}[i] })
		p.pm = half == 1
		return in, ok
	case 'M':
		return readNumber(in, &p.minute, 0, 59, 2)
	case 'S':
		return readNumber(in, &p.second, 0, 61, 2)
	case 's':
		return p.readSeconds(in)
	case 'f', 'N':
		return p.readFraction(in)
	case 'G':
		return readNumber(in, &ignored, 0, 9999, 4)
	case 'g':
		return readNumber(in, &ignored, 0, 99, 2)
	case 'V':
		return readNumber(in, &ignored, 0, 53, 2)
	case 'n', 't':
		return skipSpace(in), true
	case 'z':
		return readOffset(skipSpace(in))
	case 'Z':
		return strings.TrimLeftFunc(skipSpace(in), func(r rune) bool { return !unicode.IsSpace(r) }), true
	case '%':
		return strings.CutPrefix(in, "%")
	}
	return "", false
}

// readNumber reads a number of at most width digits, after any space.
func readNumber(in string, to *int, low, high, width int) (rest string, ok bool) {
	in = skipSpace(in)
	n, i := 0, 0
	for i < len(in) && i < width && in[i] >= '0' && in[i] <= '9' && (i == 0 || n*10 <= high) {
		n = n*10 + int(in[i]-'0')
		i++
	}
	if i == 0 || n < low || n > high {
		return "", false
	}
	*to = n
	return in[i:], true
}

// word reads one of count names, in full or its first three letters, in upper or
// lower case.
func word(in string, to *int, count int, name func(int) string) (rest string, ok bool) {
	for i := range count {
		full := name(i)
		for _, form := range [...]string{full, full[:min(3, len(full))]} {
			if len(in) >= len(form) && strings.EqualFold(in[:len(form)], form) {
				*to = i
				return in[len(form):], true
			}
		}
	}
	return "", false
}

// readSeconds reads seconds since 1970.
func (p *parsedTime) readSeconds(in string) (rest string, ok bool) {
	n, i := 0, 0
	for ; i < len(in) && in[i] >= '0' && in[i] <= '9'; i++ {
		if n = n*10 + int(in[i]-'0'); n > largestSecond {
			return "", false
		}
	}
	t := time.Unix(int64(n), 0).UTC()
	p.year, p.month, p.day = t.Year(), int(t.Month())-1, t.Day()
	p.hour, p.minute, p.second = t.Clock()
	p.weekday, p.yearDay = int(t.Weekday()), t.YearDay()-1
	return in[i:], i > 0
}

// readFraction reads the digits of a fraction, of which nine count.
func (p *parsedTime) readFraction(in string) (rest string, ok bool) {
	i, unit := 0, int(time.Second)
	p.nanosecond = 0
	for ; i < len(in) && in[i] >= '0' && in[i] <= '9'; i++ {
		unit /= 10
		p.nanosecond += int(in[i]-'0') * unit
	}
	return in[i:], i > 0
}

// readOffset reads a zone: Z, +hh, +hhmm or +hh:mm. As in jq, nothing is made of
// it.
func readOffset(in string) (rest string, ok bool) {
	if rest, ok := strings.CutPrefix(in, "Z"); ok {
		return rest, true
	}
	if in == "" || in[0] != '+' && in[0] != '-' {
		return "", false
	}
	hours, minutes := 0, 0
	if rest, ok = readNumber(in[1:], &hours, 0, 99, 2); !ok || len(in)-len(rest) != 3 {
		return "", false
	}
	colon := strings.TrimPrefix(rest, ":")
	if after, ok := readNumber(colon, &minutes, 0, 59, 2); ok && len(colon)-len(after) == 2 {
		return after, true
	}
	return rest, colon == rest
}

// finish finds what follows from what was read.
func (p *parsedTime) finish() {
	if p.half && p.pm {
		p.hour += 12
	}
	if p.century >= 0 {
		year := 0
		if p.shortYear {
			year = p.year % 100
		}
		p.year = p.century*100 + year
	}
	if p.wantsDay && !p.hasWeekday {
		if p.hasYearDay {
			p.monthFromYearDay()
		}
		p.weekday = int(p.date().Weekday())
	}
	if p.wantsDay && !p.hasYearDay {
		first := time.Date(p.year, time.Month(p.month+1), 1, 0, 0, 0, 0, time.UTC)
		p.yearDay = first.YearDay() - 1 + p.day - 1
	}
	if p.weeks >= 0 && p.hasWeekday {
		first := int(time.Date(p.year, time.January, 1, 0, 0, 0, 0, time.UTC).Weekday())
		if !p.hasYearDay {
			p.yearDay = (7-(first-p.firstDay))%7 + (p.weeks-1)*7 + (p.weekday-p.firstDay+7)%7
		}
		p.monthFromYearDay()
	}
}

// monthFromYearDay sets what of month and day was not read.
func (p *parsedTime) monthFromYearDay() {
	t := time.Date(p.year, time.January, 1+p.yearDay, 0, 0, 0, 0, time.UTC)
	if !p.hasMonth {
		p.month = int(t.Month()) - 1
	}
	if !p.hasDay {
		p.day = t.Day()
	}
}

func (p *parsedTime) date() time.Time {
	return time.Date(p.year, time.Month(p.month+1), p.day, 0, 0, 0, 0, time.UTC)
}

// seconds is the number of seconds of the minute.
func (p *parsedTime) seconds() float64 {
	return float64(p.second) + float64(p.nanosecond)/1e9
}
