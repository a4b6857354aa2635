package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An svg is a picture that is being drawn: as much of SVG 1.1 as a plot needs.
// Lengths are in pixels, from the upper left corner.
type svg struct {
	width, height float64
	body          bytes.Buffer
}

// text puts words at a place, with attributes such as `font-weight="bold"`.
func (s *svg) text(x, y, size float64, attributes, words string) {
	fmt.Fprintf(&s.body, `<text x="%s" y="%s" font-size="%s" %s>%s</text>`+"\n", px(x), px(y), px(size), attributes, escape(words))
}

// tip puts words that show up when one points at what follows, up to tipEnd.
func (s *svg) tip(words string) {
	fmt.Fprintf(&s.body, "<g><title>%s</title>\n", escape(words))
}

func (s *svg) tipEnd() { s.body.WriteString("</g>\n") }

func (s *svg) rect(x, y, w, h float64, fill string) {
	fmt.Fprintf(&s.body, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`+"\n", px(x), px(y), px(w), px(h), fill)
}

func (s *svg) frame(x, y, w, h float64, stroke string) {
	fmt.Fprintf(&s.body, `<rect x="%s" y="%s" width="%s" height="%s" fill="none" stroke="%s"/>`+"\n", px(x), px(y), px(w), px(h), stroke)
}

func (s *svg) line(x1, y1, x2, y2 float64, stroke string, width float64) {
	fmt.Fprintf(&s.body, `<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="%s"/>`+"\n", px(x1), px(y1), px(x2), px(y2), stroke, px(width))
}

// A step is a piece of a curve that does not change: from one x to another, from
// one y to the one above.
type step struct{ from, to, low, high float64 }

// area fills the steps of a curve, with a line on top if stroke names a colour.
func (s *svg) area(steps []step, fill, stroke string) {
	for len(steps) > 0 { // pieces without a gap
		n := 1
		for n < len(steps) && steps[n].from-steps[n-1].to < 0.01 {
			n++
		}
		s.areaPiece(steps[:n], fill, stroke)
		steps = steps[n:]
	}
}

func (s *svg) areaPiece(steps []step, fill, stroke string) {
	var top, bottom strings.Builder
	for _, p := range steps {
		fmt.Fprintf(&top, "%s,%s %s,%s ", px(p.from), px(p.high), px(p.to), px(p.high))
	}
	for i := len(steps) - 1; i >= 0; i-- {
		p := steps[i]
		fmt.Fprintf(&bottom, "%s,%s %s,%s ", px(p.to), px(p.low), px(p.from), px(p.low))
	}
	fmt.Fprintf(&s.body, `<polygon points="%s" fill="%s"/>`+"\n", strings.TrimSpace(top.String()+bottom.String()), fill)
	if stroke != "" {
		fmt.Fprintf(&s.body, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.2"/>`+"\n", strings.TrimSpace(top.String()), stroke)
	}
}

// bytes is the whole file.
func (s *svg) bytes() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="%[1]s" height="%[2]s" viewBox="0 0 %[1]s %[2]s" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" fill="#222222">
<rect width="100%%" height="100%%" fill="#ffffff"/>
`, px(s.width), px(s.height))
	out.Write(s.body.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// px is a length to a tenth of a pixel.
func px(v float64) string {
	text := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(strings.TrimSuffix(text, ".0"), "-0")
}

// escape makes text of any bytes: markup and what XML 1.0 has no character for
// can't stand in it.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t', r == '\n':
			b.WriteByte(' ')
		case unicode.IsControl(r), r == 0xfffe, r == 0xffff, r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
