package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/json"
	"ndjsontools/lib/json/layout"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
)

// writing is how values become output.
type writing struct {
	raw, join, nul bool
	color          string // always, never, or nothing: as the terminal is
	layout         layout.Layout
	unbuffered     bool
	atomic         bool
}

// Options are those of jq. Of several that contradict each other the last one
// counts, as there.
func (o *writing) Options() []tool.Option {
	indent := func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > layout.MaxIndent {
			return fmt.Errorf("%q is not a number of spaces from 0 to %d", s, layout.MaxIndent)
		}
		o.layout.Indent, o.layout.Tab = n, false
		return nil
	}
	color := func(when string) tool.Value { return tool.Switch(func() { o.color = when }) }
	return []tool.Option{
		{Name: "raw-output", Short: "r", Usage: "write a string as its characters, without quotes", Value: tool.Bool(&o.raw)},
		{Name: "join-output", Short: "j", Usage: "like --raw-output, without a newline behind each output", Value: tool.Bool(&o.join)},
		{Name: "raw-output0", Usage: "like --raw-output, with a NUL instead of a newline behind each output", Value: tool.Bool(&o.nul)},
		{Name: "ascii-output", Short: "a", Usage: "write all characters outside of ASCII as escapes", Value: tool.Bool(&o.layout.ASCII)},
		{Name: "sort-keys", Short: "S", Usage: "write the keys of each object in order", Value: tool.Bool(&o.layout.Sort)},
		{Name: "compact-output", Short: "c", Usage: "one line for each output, the default here; for jq's users", Value: tool.Switch(func() { o.layout.Indent, o.layout.Tab = 0, false })},
		{Name: "indent", Arg: "N", Usage: "write each output on several lines, indented by N spaces a level (0 to 7)", Value: tool.Func("", indent)},
		{Name: "tab", Usage: "write each output on several lines, indented by a tab a level", Value: tool.Switch(func() { o.layout.Indent, o.layout.Tab = 0, true })},
		{Name: "color-output", Short: "C", Usage: "colour the output even where it is no terminal", Value: color("always")},
		{Name: "monochrome-output", Short: "M", Usage: "do not colour the output", Value: color("never")},
		{Name: "unbuffered", Usage: "let each output go at once", Value: tool.Bool(&o.unbuffered)},
		{Name: "atomic", Usage: "hold the outputs of a record until the program is done with it", Value: tool.Bool(&o.atomic)},
	}
}

// settle finds out what depends on the terminal and the environment. What is wrong
// with JQ_COLORS is answered, to be said: it is no reason to stop.
func (o *writing) settle(stdout *os.File, compressed bool, getenv func(string) string) error {
	switch {
	case o.color == "never":
		return nil
	case o.color == "" && (compressed || getenv("NO_COLOR") != "" || !stdio.IsTerminal(stdout)):
		return nil
	}
	colors, err := layout.ParseColors(getenv("JQ_COLORS"))
	o.layout.Colors = &colors
	if err != nil {
		err = fmt.Errorf("JQ_COLORS: %w", err)
	}
	return err
}

// appendOutput appends one output in its form.
func (m *mapper) appendOutput(dst []byte, v json.Value) ([]byte, error) {
	switch {
	case v.Kind() == json.KindString && (m.raw || m.join || m.nul) && !m.layout.ASCII:
		if m.nul && strings.IndexByte(v.Str(), 0) >= 0 {
			const words = "Cannot dump a string containing NUL with --raw-output0 option"
			return dst, &jq.RuntimeError{Message: words, Value: json.FromString(words)}
		}
		dst = append(dst, v.Str()...)
	default:
		if m.sequence && !(v.Kind() == json.KindString && (m.raw || m.join || m.nul)) {
			dst = append(dst, 0x1E)
		}
		var err error
		if dst, err = m.layout.Append(dst, v); err != nil {
			return dst, &jq.RuntimeError{Message: err.Error(), Value: json.FromString(err.Error())}
		}
	}
	switch {
	case m.nul:
		dst = append(dst, 0)
	case !m.join:
		dst = append(dst, '\n')
	}
	return dst, nil
}
