package like

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ndjsontools/lib/gen/sketch"
)

// texts are what a field's strings are like.
type texts struct {
	frequent
	count    int64
	min, max int64 // characters
	spaces   int64 // most in one string
	formats  uint32
	mask     []class // of each character, while all strings have as many
	numbered numbering
	order    order // of times, in milliseconds
	lo, hi   float64
	low, top uint32 // of addresses
}

// formats are the spellings that a string may have all over. The order is that
// of preference.
var formats = []struct {
	name string
	is   func(s string) bool
}{
	{"uuid7", func(s string) bool { return isUUID(s) && s[14] == '7' }},
	{"uuid4", isUUID},
	{"ulid", isULID},
	{"time", func(s string) bool { _, err := time.Parse(time.RFC3339Nano, s); return err == nil }},
	{"date", func(s string) bool { _, err := time.Parse(time.DateOnly, s); return err == nil }},
	{"ip4", func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is4() }},
	{"ip6", func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is6() }},
	{"mac", isMAC},
	{"email", isEmail},
	{"url", func(s string) bool {
		return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
	}},
	{"hex", func(s string) bool { return len(s) >= 8 && len(s)%2 == 0 && only(s, "0123456789abcdef") }},
	{"words", isWords},
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (s[i] == '-') {
			return false
		}
	}
	return only(s, "0123456789abcdef-")
}

func isULID(s string) bool {
	return len(s) == 26 && s[0] <= '7' && only(s, "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
}

func isMAC(s string) bool {
	parts := strings.Split(s, ":")
	for _, p := range parts {
		if len(p) != 2 || !only(p, "0123456789abcdef") {
			return false
		}
	}
	return len(parts) == 6
}

func isEmail(s string) bool {
	user, host, ok := strings.Cut(s, "@")
	return ok && user != "" && strings.Contains(host, ".") && !strings.ContainsAny(host, "@ ")
}

func isWords(s string) bool {
	return strings.Join(strings.Fields(s), " ") == s && s != "" && only(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ,.!?'-")
}

func only(s, set string) bool { return strings.Trim(s, set) == "" }

// A class is what a character of all strings is.
type class struct {
	kind byte // 0: always this character, else d, a, A, w
	is   byte
}

func classOf(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return 'd'
	case c >= 'a' && c <= 'z':
		return 'a'
	case c >= 'A' && c <= 'Z':
		return 'A'
	}
	return 0
}

func (x *texts) add(text []byte) {
	s := string(text)
	length := int64(utf8.RuneCountInString(s))
	if x.count == 0 {
		x.min, x.max, x.formats = length, length, 1<<len(formats)-1
		if len(s) <= MaxLength {
			for i := range len(s) {
				x.mask = append(x.mask, class{is: s[i]})
			}
		}
	}
	x.min, x.max = min(x.min, length), max(x.max, length)
	x.spaces = max(x.spaces, int64(strings.Count(s, " ")))
	for i, f := range formats {
		if bit := uint32(1) << i; x.formats&bit != 0 && !f.is(s) {
			x.formats &^= bit
		}
	}
	x.numbered.add(s)
	x.narrow(s)
	x.frequent.add(s)
	if x.is("ip4") {
		a := netip.MustParseAddr(s).As4()
		v := binary.BigEndian.Uint32(a[:])
		if x.count == 0 {
			x.low, x.top = v, v
		}
		x.low, x.top = min(x.low, v), max(x.top, v)
	}
	if x.is("time") || x.is("date") {
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t, _ = time.Parse(time.DateOnly, s)
		}
		ms := float64(t.UnixMilli())
		if x.count == 0 {
			x.lo, x.hi = ms, ms
		}
		x.lo, x.hi = min(x.lo, ms), max(x.hi, ms)
		x.order.add(ms, x.count)
	}
	x.count++
}

// narrow widens the classes of the mask by one more string.
func (x *texts) narrow(s string) {
	if len(s) != len(x.mask) {
		x.mask = nil
		return
	}
	for i := range x.mask {
		m := &x.mask[i]
		kind := classOf(s[i])
		switch {
		case m.kind == 0 && m.is == s[i], m.kind != 0 && m.kind == kind:
		case kind != 0 && m.kind == 0 && classOf(m.is) == kind:
			m.kind = kind
		case kind != 0 && (m.kind != 0 || classOf(m.is) != 0):
			m.kind = 'w'
		default:
			x.mask = nil
			return
		}
	}
}

func (x *texts) is(format string) bool {
	i := slices.IndexFunc(formats, func(f struct {
		name string
		is   func(s string) bool
	}) bool {
		return f.name == format
	})
	return x.formats>>i&1 != 0
}

// expression is what makes strings like these, or "" where a list of them does.
func (x *texts) expression(ordered bool) (typ, args string) {
	format := ""
	for i, f := range formats {
		if x.formats>>i&1 != 0 {
			format = f.name
			break
		}
	}
	switch format {
	case "time":
		return clock(x.order, x.count, ordered, x.lo, x.hi, unit{"text", time.Millisecond})
	case "date":
		day := func(ms float64) string { return time.UnixMilli(int64(ms)).UTC().Format(time.DateOnly) }
		return "date", day(x.lo) + ".." + day(x.hi)
	case "uuid7", "ulid":
		if !ordered {
			return "regex", map[string]string{"uuid7": `[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`, "ulid": `[0-7][0-9A-HJKMNP-TV-Z]{25}`}[format]
		}
		return format, ""
	case "uuid4", "mac":
		return format, ""
	}
	if x.listed(x.count) {
		return "", ""
	}
	switch format {
	case "ip4":
		return format, x.network()
	case "ip6":
		return format, ""
	case "email", "url":
		return "fake", format
	case "hex":
		if x.min == x.max {
			return "hex", strconv.FormatInt(x.min/2, 10)
		}
		return "bytes", sketch.Range(x.min/2, x.max/2) + ",enc=hex"
	}
	switch d := x.numbered; {
	case d.one() && d.list[0].around() == "":
		return "int", sketch.Range(d.list[0].min, d.list[0].max) + ",str"
	case d.one() && d.list[0].max > d.list[0].min, d.several(x.count):
		return "concat", "" // the template has the texts around
	case x.mask != nil && x.count > 2:
		return "regex", pattern(x.mask)
	case format == "words" && x.spaces > 0:
		return "words", sketch.Range(max(1, x.min/6), max(1, (x.max+1)/6))
	case !x.many:
		return "", ""
	}
	return "text", sketch.Range(x.min, x.max)
}

// network is the smallest one that all addresses are in, if it is one of 8 bits
// or more.
func (x *texts) network() string {
	length := bits.LeadingZeros32(x.low ^ x.top)
	if length < 8 {
		return ""
	}
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], x.low)
	return netip.PrefixFrom(netip.AddrFrom4(a), length).Masked().String()
}

// pattern is a mask as a regular expression.
func pattern(mask []class) string {
	var b strings.Builder
	for i := 0; i < len(mask); {
		m, n := mask[i], 1
		for i+n < len(mask) && mask[i+n] == m && m.kind != 0 || i+n < len(mask) && m.kind != 0 && mask[i+n].kind == m.kind {
			n++
		}
		switch m.kind {
		case 'd':
			b.WriteString(`\d`)
		case 'a':
			b.WriteString("[a-z]")
		case 'A':
			b.WriteString("[A-Z]")
		case 'w':
			b.WriteString("[0-9A-Za-z]")
		default:
			if strings.IndexByte(`\.+*?()|[]{}^$`, m.is) >= 0 {
				b.WriteString(`\x` + strconv.FormatInt(int64(m.is)|0x100, 16)[1:])
			} else {
				b.WriteByte(m.is)
			}
		}
		if n > 1 {
			b.WriteString("{" + strconv.Itoa(n) + "}")
		}
		i += n
	}
	return b.String()
}
