package jq

import (
	"strconv"
	"strings"
	"time"
)

// strftimeComposites are the conversions that stand for others, in the C locale.
// They are never changed.
var strftimeComposites = map[byte]string{
	'c': "%a %b %e %H:%M:%S %Y", 'D': "%m/%d/%y", 'x': "%m/%d/%y", 'F': "%Y-%m-%d",
	'r': "%I:%M:%S %p", 'R': "%H:%M", 'T': "%H:%M:%S", 'X': "%H:%M:%S",
}

// conversion is one "%..." of strftime: flags and a width, as glibc has them.
type conversion struct {
	pad   byte // 0 for the usual, "-" for none, "_" for spaces, "0" for zeros
	upper bool
	swap  bool // "#": upper or lower case, whichever is the other one
	colon bool // between the hours and minutes of a zone
	width int  // -1 where there is none
}

// appendTime writes t as C's strftime does in the C locale of glibc. Beyond it:
// %f is microseconds, %N nanoseconds, with a width of 1 to 9 that many digits of
// them, and %:z is the zone with a colon. What is no conversion stays as it is.
func appendTime(dst []byte, format string, t time.Time) []byte {
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			return append(dst, format...)
		}
		dst = append(dst, format[:i]...)
		c, letter, size := parseConversion(format[i:])
		if text, ok := c.apply(letter, t); ok {
			dst = append(dst, text...)
		} else {
			dst = append(dst, format[i:i+size]...)
		}
		format = format[i+size:]
	}
	return dst
}

// parseConversion reads a conversion. The letter is 0 where there is none.
func parseConversion(s string) (c conversion, letter byte, size int) {
	c.width = -1
	i := 1
	for ; i < len(s) && strings.IndexByte("_-0^#", s[i]) >= 0; i++ {
		switch s[i] {
		case '^':
			c.upper = true
		case '#':
			c.swap = true
		default:
			c.pad = s[i]
		}
	}
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		// A width is no way to ask for gigabytes.
		c.width = min(max(c.width, 0)*10+int(s[i]-'0'), 1000)
	}
	if i+1 < len(s) && (s[i] == 'E' || s[i] == 'O') && isLetter(s[i+1]) {
		i++
	}
	if strings.HasPrefix(s[i:], ":z") {
		c.colon = true
		return c, 'z', i + 2
	}
	if i == len(s) {
		return c, 0, i
	}
	return c, s[i], i + 1
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func (c conversion) apply(letter byte, t time.Time) (string, bool) {
	if n, width, pad, ok := timeNumber(letter, t); ok {
		return c.number(n, width, pad), true
	}
	if format, ok := strftimeComposites[letter]; ok {
		return c.text(string(appendTime(nil, format, t)), false), true
	}
	zone, offset := t.Zone()
	if t.Location() == time.UTC {
		zone = "GMT"
	}
	switch letter {
	case 'a':
		return c.text(t.Weekday().String()[:3], false), true
	case 'A':
		return c.text(t.Weekday().String(), false), true
	case 'b', 'h':
		return c.text(t.Month().String()[:3], false), true
	case 'B':
		return c.text(t.Month().String(), false), true
	case 'p':
		return c.text(half(t), true), true
	case 'P':
		return c.text(strings.ToLower(half(t)), false), true
	case 'Z':
		return c.text(zone, true), true
	case 'z':
		return c.text(zoneOffset(offset, c.colon), false), true
	case 'f', 'N':
		return c.fraction(letter, t), true
	case 'n':
		return c.text("\n", false), true
	case 't':
		return c.text("\t", false), true
	case '%':
		return c.text("%", false), true
	}
	return "", false
}

// timeNumber is the number that a conversion prints, with its usual width.
func timeNumber(letter byte, t time.Time) (n, width int, pad byte, ok bool) {
	isoYear, isoWeek := t.ISOWeek()
	weekday := int(t.Weekday())
	switch letter {
	case 'C':
		return floorDiv(t.Year(), 100), 1, '0', true
	case 'd':
		return t.Day(), 2, '0', true
	case 'e':
		return t.Day(), 2, '_', true
	case 'g':
		return isoYear - 100*floorDiv(isoYear, 100), 2, '0', true
	case 'G':
		return isoYear, 1, '0', true
	case 'H':
		return t.Hour(), 2, '0', true
	case 'I':
		return (t.Hour()+11)%12 + 1, 2, '0', true
	case 'j':
		return t.YearDay(), 3, '0', true
	case 'k':
		return t.Hour(), 2, '_', true
	case 'l':
		return (t.Hour()+11)%12 + 1, 2, '_', true
	case 'm':
		return int(t.Month()), 2, '0', true
	case 'M':
		return t.Minute(), 2, '0', true
	case 's':
		return int(t.Unix()), 1, '0', true
	case 'S':
		return t.Second(), 2, '0', true
	case 'u':
		return (weekday+6)%7 + 1, 1, '0', true
	case 'U':
		return (t.YearDay() - 1 - weekday + 7) / 7, 2, '0', true
	case 'V':
		return isoWeek, 2, '0', true
	case 'w':
		return weekday, 1, '0', true
	case 'W':
		return (t.YearDay() - 1 - (weekday+6)%7 + 7) / 7, 2, '0', true
	case 'y':
		return t.Year() - 100*floorDiv(t.Year(), 100), 2, '0', true
	case 'Y':
		return t.Year(), 1, '0', true
	}
	return 0, 0, 0, false
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func (c conversion) number(n, width int, pad byte) string {
	if c.pad != 0 {
		pad = c.pad
	}
	width = max(width, c.width)
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		digits, sign = digits[1:], "-"
	}
	missing := max(0, width-len(sign)-len(digits))
	switch pad {
	case '-':
		return sign + digits
	case '_':
		return strings.Repeat(" ", missing) + sign + digits
	}
	return sign + strings.Repeat("0", missing) + digits
}

// text is a word. "#" makes lower of what is usually upper, and upper of the
// rest.
func (c conversion) text(s string, isUpper bool) string {
	switch {
	case c.swap && isUpper:
		s = strings.ToLower(s)
	case c.upper, c.swap:
		s = strings.ToUpper(s)
	}
	filler := " "
	if c.pad == '0' {
		filler = "0"
	}
	return strings.Repeat(filler, max(0, c.width-len(s))) + s
}

// fraction is that of a second. Here a width is a number of digits.
func (c conversion) fraction(letter byte, t time.Time) string {
	digits := string(appendPadded(nil, t.Nanosecond(), 9))
	switch {
	case c.width > 0 && c.width < 9:
		return digits[:c.width]
	case letter == 'f':
		return digits[:6]
	}
	return digits
}

func half(t time.Time) string {
	if t.Hour() < 12 {
		return "AM"
	}
	return "PM"
}

func zoneOffset(seconds int, colon bool) string {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	out := appendPadded([]byte{sign}, seconds/3600, 2)
	if colon {
		out = append(out, ':')
	}
	return string(appendPadded(out, seconds/60%60, 2))
}
