package gen

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"time"
)

const hexDigits = "0123456789abcdef"

// appendHex appends the first digits hexadecimal digits of v.
func appendHex(dst []byte, v uint64, digits int) []byte {
	for ; digits >= 8; digits -= 8 {
		dst = binary.LittleEndian.AppendUint64(dst, hex8(uint32(v>>32)))
		v <<= 32
	}
	for range digits {
		dst = append(dst, hexDigits[v>>60])
		v <<= 4
	}
	return dst
}

// hex8 is v in hexadecimal, the first digit in the lowest byte: the nibbles are
// spread over the bytes, and those above 9 moved on to the letters.
func hex8(v uint32) uint64 {
	x := uint64(bits.ReverseBytes32(v))
	x = (x<<16 | x) & 0x0000FFFF0000FFFF
	x = (x<<8 | x) & 0x00FF00FF00FF00FF
	x = x>>4&0x000F000F000F000F | x&0x000F000F000F000F<<8
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}

// short is the length up to which text is copied in one piece.
const short = 32

// roomy is a copy of text that appendShort can read past its end.
func roomy(text string) []byte { return append(make([]byte, 0, len(text)+short), text...) }

// appendShort is append for short bytes, made by roomy: where there is room, 32
// bytes are copied whatever their number, which takes eight moves and no call.
func appendShort(dst, b []byte) []byte {
	n := len(dst)
	if len(b) > short || cap(dst)-n < short {
		return append(dst, b...)
	}
	// In words: of two arrays that may overlap the compiler makes a call.
	to, from := dst[n:n+short], b[:short]
	le := binary.LittleEndian
	v0, v1, v2, v3 := le.Uint64(from), le.Uint64(from[8:]), le.Uint64(from[16:]), le.Uint64(from[24:])
	le.PutUint64(to, v0)
	le.PutUint64(to[8:], v1)
	le.PutUint64(to[16:], v2)
	le.PutUint64(to[24:], v3)
	return dst[:n+len(b)]
}

// appendBytesHex appends n random bytes.
func appendBytesHex(dst []byte, c uint64, n int) []byte {
	for j := uint64(0); n > 0; n, j = n-8, j+1 {
		dst = appendHex(dst, mix(c+j*gamma), min(n, 8)*2)
	}
	return dst
}

// appendFixed appends v divided by 10^dp with dp digits behind the point.
func appendFixed(dst []byte, v int64, dp int) []byte {
	if dp == 0 {
		return strconv.AppendInt(dst, v, 10)
	}
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	unit := pow10[dp]
	dst = strconv.AppendInt(dst, v/unit, 10)
	dst = append(dst, '.')
	return appendPadded(dst, v%unit, dp)
}

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

// appendPadded appends v with zeros in front, width digits in all.
func appendPadded(dst []byte, v int64, width int) []byte {
	from := len(dst)
	dst = append(dst, "000000000000"[:width]...)
	for i := len(dst) - 1; i >= from; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}

// appendUUID appends the 128 bits in the form of RFC 9562.
func appendUUID(dst []byte, hi, lo uint64) []byte {
	n := len(dst)
	dst = append(dst, "00000000-0000-0000-0000-000000000000"...)
	b := (*[36]byte)(dst[n:])
	middle, next := hex8(uint32(hi)), hex8(uint32(lo>>32))
	binary.LittleEndian.PutUint64(b[:], hex8(uint32(hi>>32)))
	binary.LittleEndian.PutUint32(b[9:], uint32(middle))
	binary.LittleEndian.PutUint32(b[14:], uint32(middle>>32))
	binary.LittleEndian.PutUint32(b[19:], uint32(next))
	binary.LittleEndian.PutUint32(b[24:], uint32(next>>32))
	binary.LittleEndian.PutUint64(b[28:], hex8(uint32(lo)))
	return dst
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// appendULID appends 48 bits of time and 80 random bits, five bits a letter
// (https://github.com/ulid/spec).
func appendULID(dst []byte, ms, a, b uint64) []byte {
	for shift := 45; shift >= 0; shift -= 5 {
		dst = append(dst, crockford[ms>>shift&31])
	}
	for _, half := range [2]uint64{a, b} {
		for range 8 {
			dst = append(dst, crockford[half>>59])
			half <<= 5
		}
	}
	return dst
}

func appendIP4(dst []byte, a uint32) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		part := byte(a >> shift)
		if part >= 100 {
			dst = append(dst, '0'+part/100, '0'+part/10%10, '0'+part%10)
		} else if part >= 10 {
			dst = append(dst, '0'+part/10, '0'+part%10)
		} else {
			dst = append(dst, '0'+part)
		}
		if shift > 0 {
			dst = append(dst, '.')
		}
	}
	return dst
}

// appendIP6 appends an address whose first network bits are those of prefix,
// all eight groups written out.
func appendIP6(dst []byte, prefix [16]byte, network int, a, b uint64) []byte {
	for g := range 8 {
		v := uint64(0)
		for k := range 2 {
			i := 2*g + k
			half, shift := a, 56-8*i
			if i >= 8 {
				half, shift = b, 56-8*(i-8)
			}
			mask := byte(0xFF)
			if left := network - 8*i; left >= 8 {
				mask = 0
			} else if left > 0 {
				mask >>= left
			}
			v = v<<8 | uint64(prefix[i]&^mask|byte(half>>shift)&mask)
		}
		if g > 0 {
			dst = append(dst, ':')
		}
		dst = strconv.AppendUint(dst, v, 16)
	}
	return dst
}

// appendMAC appends a unicast address of the locally administered kind, which
// belongs to no maker.
func appendMAC(dst []byte, c uint64) []byte {
	c = c&^(3<<56) | 2<<56
	for i := range 6 {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = appendHex(dst, c<<(8*i), 2)
	}
	return dst
}

const (
	base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	urlDigits    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// appendBase64 appends n random bytes in the base 64 of RFC 4648, with padding
// unless the digits are those of URLs.
func appendBase64(dst []byte, c uint64, n int, digits string) []byte {
	for j := uint64(1); n > 0; n, j = n-3, j+1 {
		v := mix(c+j*gamma) >> 40
		if n < 3 {
			v &^= 1<<(8*(3-n)) - 1
		}
		for k := range 4 {
			if k > n {
				if digits == base64Digits {
					dst = append(dst, '=')
				}
			} else {
				dst = append(dst, digits[v>>(18-6*k)&63])
			}
		}
	}
	return dst
}

// appendDate appends a day since 1970-01-01 as year-month-day.
func appendDate(dst []byte, day int64) []byte {
	y, m, d := civil(day)
	dst = append(appendPadded(dst, int64(y), 4), '-')
	dst = append(appendPadded(dst, int64(m), 2), '-')
	return appendPadded(dst, int64(d), 2)
}

// civil is the date of a day since 1970-01-01, from year 0 on. Source: H.
// Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
func civil(day int64) (year, month, dom int) {
	z := uint32(day + 719468)
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	month = int(mp + 3)
	if mp >= 10 {
		month = int(mp - 9)
	}
	year = int(yoe + era*400)
	if month <= 2 {
		year++
	}
	return year, month, int(doy - (153*mp+2)/5 + 1)
}

// A timeLaw says how a moment is spelled. Moments are counts of ticks since
// 1970.
type timeLaw struct {
	perSecond int64 // ticks
	perMilli  int64
	divide    int64 // printed as a number: the ticks of its unit; 0 for text
	decimals  int   // of the seconds in text: 3, 6 or 9
}

// appendTime appends a moment as its law spells it.
func (e *env) appendTime(dst []byte, l *timeLaw, t int64) []byte {
	if l.divide > 0 {
		return strconv.AppendInt(dst, floor(t, l.divide), 10)
	}
	seconds := floor(t, l.perSecond)
	day := floor(seconds, 86400)
	if day != e.day {
		e.day = day
		appendDate(e.date[:0], day)
	}
	s := uint32(seconds - day*86400)
	h, mi, sec := s/3600, s/60%60, s%60
	dst = append(dst, e.date[:10]...)
	dst = append(dst, 'T', '0'+byte(h/10), '0'+byte(h%10), ':', '0'+byte(mi/10), '0'+byte(mi%10),
		':', '0'+byte(sec/10), '0'+byte(sec%10), '.')
	return append(appendPadded(dst, t-seconds*l.perSecond, l.decimals), 'Z')
}

// moment is the time at a position: the schedule, with jitter, less what it is
// late.
func (o *op) moment(at uint64) int64 {
	t := o.start + int64(at)*o.step
	if o.n > 0 {
		t += int64(below(draw(o.key, at), o.n))
	}
	if o.late != 0 {
		if c := draw(o.late, at); c < o.more.law.often {
			t -= int64(below(mix(c+gamma), uint64(o.times))) + 1
		}
	}
	return t
}

// floor is t/by, rounded down before 1970 as well.
func floor(t, by int64) int64 {
	n := t / by
	if t < n*by {
		n--
	}
	return n
}

// firstDay is 0001-01-01, and noDay one that no time can be of.
const (
	firstDay = -719162
	noDay    = math.MinInt64
)

// day is the day since 1970-01-01 of a moment.
func day(t time.Time) int64 { return t.Unix() / 86400 }
