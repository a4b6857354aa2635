package layout

import (
	"fmt"
	"strings"
)

// Colors are the escape sequences of the kinds of values in their order (null,
// false, true, number, string, array, object), and of keys.
type Colors [keyColor + 1]string

const (
	keyColor = 7
	reset    = "\x1b[0m"
)

// DefaultColors are jq 1.8's.
func DefaultColors() Colors {
	c, _ := ParseColors("")
	return c
}

// ParseColors reads what JQ_COLORS holds: the parameters of SGR sequences, such
// as 0;90, with colons between, in the order of Colors. Those that are missing
// keep their default.
func ParseColors(s string) (Colors, error) {
	c := Colors{"0;90", "0;39", "0;39", "0;39", "0;32", "1;39", "1;39", "1;34"}
	for i := 0; i < len(c) && s != ""; i++ {
		var f string
		f, s, _ = strings.Cut(s, ":")
		if strings.Trim(f, "0123456789;") != "" {
			return DefaultColors(), fmt.Errorf("%q is no colour: want numbers with semicolons between", f)
		}
		c[i] = f
	}
	for i, f := range c {
		c[i] = "\x1b[" + f + "m"
	}
	return c, nil
}

// color begins a colour, and answers whether there is one to end.
func (l *Layout) color(dst *[]byte, which int) bool {
	if l.Colors == nil {
		return false
	}
	*dst = append(*dst, l.Colors[which]...)
	return true
}

func (l *Layout) uncolor(dst []byte, begun bool) []byte {
	if begun {
		dst = append(dst, reset...)
	}
	return dst
}
