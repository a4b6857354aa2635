package jq

import (
	"errors"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// CompileError says why, and where, a program does not compile.
type CompileError struct {
	File    string // the module's file, empty for the program itself
	Program string // the text of the program or of that file
	Offset  int    // of the byte in Program that the message is about
	Message string
	Hint    string // what to do about it, or empty
}

func (e *CompileError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// ExitStatus is the status of a tool whose program does not compile.
func (e *CompileError) ExitStatus() int { return exit.Compile }

// Line returns the line of the program that the error is in, its number from 1,
// and the place in it as a count of characters from 0: what a caret needs.
func (e *CompileError) Line() (text string, number, column int) {
	before := e.Program[:e.Offset]
	start := strings.LastIndexByte(before, '\n') + 1
	text = e.Program[start:]
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		text = text[:end]
	}
	return text, 1 + strings.Count(before, "\n"), utf8.RuneCountInString(before[start:])
}

func fromSyntax(f *file, err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err
	}
	return &CompileError{File: f.name, Program: f.text, Offset: e.Offset, Message: e.Message, Hint: e.Hint}
}

// RuntimeError is an error of a program over one value.
type RuntimeError struct {
	// Message is in jq's words. For an error whose value is no string it is
	// what jq prints: the value as JSON, after " (not a string): ".
	Message string
	// Value is what "catch" would see: the message as a string, or the value
	// that was given to error.
	Value json.Value
}

func (e *RuntimeError) Error() string { return e.Message }

// ExitStatus is the status of a tool that rejected the record, and went on.
func (e *RuntimeError) ExitStatus() int { return exit.Rejected }

// fault is an error on its way. Many of them end in a "?", where nobody reads the
// message: it is put together only when it is wanted.
type fault struct {
	form faultForm
	text string
	a, b json.Value
}

type faultForm uint8

const (
	asValue    faultForm = iota // error(a)
	asText                      // text
	withValue                   // kind (a) text
	withValues                  // kind (a) and kind (b) text
	withIndex                   // a can't be indexed with b
)

// value is what "catch" sees.
func (f fault) value() json.Value {
	if f.form == asValue {
		return f.a
	}
	return json.FromString(f.message())
}

func (f fault) message() string {
	switch f.form {
	case withValue:
		return described(f.a) + " " + f.text
	case withValues:
		return described(f.a) + " and " + described(f.b) + " " + f.text
	case withIndex:
		return "Cannot index " + f.a.Kind().String() + " with " + described(f.b)
	case asValue:
		if f.a.Kind() == json.KindString {
			return f.a.Str()
		}
		return "(not a string): " + string(json.Append(nil, f.a))
	}
	return f.text
}

// described is "kind (preview)".
func described(v json.Value) string {
	return v.Kind().String() + " (" + preview(v) + ")"
}

// previewSize is how many bytes of a value a message shows: jq has a buffer of
// 30 bytes with a zero at its end.
const previewSize = 29

// preview is the value as JSON, cut in the middle but closed.
func preview(v json.Value) string {
	s := string(json.Append(nil, v))
	if len(s) <= previewSize {
		return s
	}
	tail := "..."
	if v.Kind() >= json.KindString {
		tail += s[len(s)-1:]
	}
	cut := previewSize - len(tail)
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + tail
}
