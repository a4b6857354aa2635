package term

import (
	"strings"
	"unicode"
)

// OneLine is text as it can be shown in a line: what could move a cursor or
// change a colour is escaped, a line's end and a tab become a space.
func OneLine(text string) string {
	s, _ := visible([]byte(strings.ReplaceAll(text, "\n", " ")), len(text)+1)
	return s
}

// Width is how many columns of a terminal text takes, which has nothing in it
// that moves the cursor.
func Width(text string) (columns int) {
	for _, r := range text {
		columns += runeWidth(r)
	}
	return columns
}

// Cut is text in no more than so many columns, with a "…" where something is
// left out.
func Cut(text string, columns int) string {
	if Width(text) <= columns {
		return text
	}
	if columns < 1 {
		return ""
	}
	used := 0
	for i, r := range text {
		if used += runeWidth(r); used > columns-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// runeWidth is how many columns a character takes: none for a mark that joins the
// one before, two for what East Asian scripts and pictures need, else one.
// Unicode's annex 11 has all of it; these are the blocks that matter.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1f64f, r >= 0x1f900 && r <= 0x1f9ff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}
