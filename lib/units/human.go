package units

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// HumanBytes is a size for a summary, rounded to one decimal: "999 B",
// "12.3 MB". Units are powers of 1000.
func HumanBytes(n int64) string {
	if n < 0 {
		return "-" + humanBytes(-float64(n))
	}
	return humanBytes(float64(n))
}

// humanBytes chooses the unit after rounding, so that 999,950 is "1.0 MB" and
// never "1000.0 kB".
func humanBytes(v float64) string {
	if v < 999.5 {
		return strconv.FormatFloat(v, 'f', 0, 64) + " B"
	}
	const letters = "kMGTPE"
	i := 0
	for v /= 1000; v >= 999.95 && i < len(letters)-1; v /= 1000 {
		i++
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + letters[i:i+1] + "B"
}

// HumanCount is a count with its digits in groups of three: "1,234,567".
func HumanCount(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	return sign + group(s)
}

func group(s string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// HumanRate is a measured rate for a summary: "143,000/s", "1.5/s",
// "3.6/m" and "0.5/h" for records, "12.3 MB/s" for bytes. A rate that is not a number
// (nothing over no time) prints "-".
func HumanRate(perSecond float64, unit Unit) string {
	if math.IsNaN(perSecond) || math.IsInf(perSecond, 0) || perSecond < 0 {
		return "-"
	}
	if unit == Bytes {
		return humanBytes(perSecond) + "/s"
	}
	switch {
	case perSecond == 0:
		return "0/s"
	case perSecond >= 99.95:
		return group(strconv.FormatFloat(perSecond, 'f', 0, 64)) + "/s"
	case perSecond >= 0.995:
		return strconv.FormatFloat(perSecond, 'f', 1, 64) + "/s"
	case perSecond*60 >= 0.995:
		return strconv.FormatFloat(perSecond*60, 'f', 1, 64) + "/m"
	}
	return strconv.FormatFloat(perSecond*3600, 'f', 1, 64) + "/h"
}

// HumanDuration is a time for a summary, in at most two units: "340 µs",
// "12 ms", "2.5 s", "1 min 05 s", "3 h 20 min", "2 d 04 h".
func HumanDuration(d time.Duration) string {
	if d < 0 {
		if d == math.MinInt64 {
			d++
		}
		return "-" + HumanDuration(-d)
	}
	switch {
	case d == 0:
		return "0 s"
	case d < time.Microsecond:
		return strconv.FormatInt(int64(d), 10) + " ns"
	case d.Round(time.Microsecond) < time.Millisecond:
		return strconv.FormatInt(int64(d.Round(time.Microsecond)/time.Microsecond), 10) + " µs"
	case d.Round(time.Millisecond) < time.Second:
		return strconv.FormatInt(int64(d.Round(time.Millisecond)/time.Millisecond), 10) + " ms"
	case d.Round(time.Second/10) < time.Minute:
		return strconv.FormatFloat(d.Round(time.Second/10).Seconds(), 'f', 1, 64) + " s"
	case d.Round(time.Second) < time.Hour:
		return pair(d, time.Minute, " min ", time.Second, " s")
	case d.Round(time.Minute) < 24*time.Hour:
		return pair(d, time.Hour, " h ", time.Minute, " min")
	}
	return pair(d, 24*time.Hour, " d ", time.Hour, " h")
}

// pair prints d as whole units of big and the rest in units of small, which is
// padded so that columns of minutes and seconds line up.
func pair(d, big time.Duration, bigName string, small time.Duration, smallName string) string {
	d = d.Round(small)
	rest := strconv.FormatInt(int64(d%big/small), 10)
	if len(rest) < 2 {
		rest = "0" + rest
	}
	return strconv.FormatInt(int64(d/big), 10) + bigName + rest + smallName
}
