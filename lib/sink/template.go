package sink

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"ndjsontools/lib/jsonscan"
)

// A template is text with fields of a record in it: {.path} stands for the
// string, number, true or false at the path, which is written as for
// jsonscan.ParsePath. Nothing else is special, and there is no escape: a text
// that has "{." in it has a field there.
type template []piece

// A piece is text, or a field if path is set.
type piece struct {
	text  string
	path  jsonscan.Path
	field bool
}

// parseTemplate reads a template.
func parseTemplate(s string) (template, error) {
	var t template
	for s != "" {
		text, rest, found := strings.Cut(s, "{.")
		if text != "" {
			t = append(t, piece{text: text})
		}
		if !found {
			return t, nil
		}
		end := fieldEnd(rest)
		if end < 0 {
			return nil, errors.New("a field lacks its closing brace")
		}
		path, err := jsonscan.ParsePath("." + rest[:end])
		if err == nil && len(path) == 0 {
			err = errors.New("{.} is the whole record: name a field of it")
		}
		if err != nil {
			return nil, err
		}
		t = append(t, piece{path: path, field: true})
		s = rest[end+1:]
	}
	return t, nil
}

// fieldEnd is where the brace stands that ends a field, quoted names aside; -1
// if there is none.
func fieldEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '}':
			return i
		case '"':
			end, _ := jsonscan.String([]byte(s), i)
			if end < 0 {
				return -1
			}
			i = end - 1
		}
	}
	return -1
}

// varies says whether records make different texts of it.
func (t template) varies() bool {
	for _, p := range t {
		if p.field {
			return true
		}
	}
	return false
}

// append appends the text that a valid record makes of the template. Every field
// goes through escape, which may refuse it.
func (t template) append(dst, record []byte, escape func(string) (string, error)) ([]byte, error) {
	for _, p := range t {
		if !p.field {
			dst = append(dst, p.text...)
			continue
		}
		value, err := scalar(record, p.path)
		if err == nil {
			value, err = escape(value)
		}
		if err != nil {
			return dst, fmt.Errorf("%v %w", p.path, err)
		}
		dst = append(dst, value...)
	}
	return dst, nil
}

// scalar is the value at path as text. Its errors follow the path's name.
func scalar(record []byte, path jsonscan.Path) (string, error) {
	span, ok := jsonscan.Find(record, path)
	if !ok {
		return "", errors.New("is missing")
	}
	switch value := record[span.Start:span.End]; value[0] {
	case '"':
		return string(jsonscan.Unescape(nil, value[1:len(value)-1])), nil
	case '{':
		return "", errors.New("is an object")
	case '[':
		return "", errors.New("is an array")
	case 'n':
		return "", errors.New("is null")
	default:
		return string(value), nil
	}
}

// asSegment makes a value part of a URL's path. What would lead elsewhere in it
// is refused.
func asSegment(s string) (string, error) {
	if s == "" || s == "." || s == ".." {
		return "", fmt.Errorf("is %q, which would lead to another place", s)
	}
	return url.PathEscape(s), nil
}

// asQuery makes a value part of a URL's query.
func asQuery(s string) (string, error) { return url.QueryEscape(s), nil }

// asHeader checks that a value can stand in a header.
func asHeader(s string) (string, error) {
	if strings.ContainsFunc(s, controls) {
		return "", errors.New("has a line end or another control character in it")
	}
	return s, nil
}

func controls(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// asIs leaves a value as it is.
func asIs(s string) (string, error) { return s, nil }
