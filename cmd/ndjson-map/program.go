package main

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/json"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// setArg binds a variable to a string; a later one of the same name is ignored
// by jq, and refused here. So is what is not UTF-8: no record could hold it.
func (m *mapper) setArg(name, value string) error {
	if !utf8.ValidString(value) {
		return fmt.Errorf("the value of $%s is not UTF-8: %s", name, term.Quote(value))
	}
	return m.bind(name, json.FromString(value))
}

func (m *mapper) setArgJSON(name, text string) error {
	v, bad := json.Decode([]byte(text))
	if bad != nil {
		return fmt.Errorf("$%s: %s is not JSON: %w", name, term.Quote(text), bad)
	}
	return m.bind(name, v)
}

// slurpFile binds a variable to the values in a file, which may span lines and
// share them.
func (m *mapper) slurpFile(name, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	all := json.NewArray(0)
	split := stdjson.NewDecoder(bytes.NewReader(text))
	for {
		var one stdjson.RawMessage
		switch err := split.Decode(&one); err {
		case nil:
		case io.EOF:
			return m.bind(name, all.Value())
		default:
			return fmt.Errorf("$%s: %s: %w", name, term.Quote(file), err)
		}
		v, bad := json.Decode(one)
		if bad != nil {
			return fmt.Errorf("$%s: %s: %w", name, term.Quote(file), bad)
		}
		all.Append(v)
	}
}

// rawFile binds a variable to the text of a file; what is not UTF-8 in it becomes
// U+FFFD.
func (m *mapper) rawFile(name, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return m.bind(name, json.FromString(strings.ToValidUTF8(string(text), "\uFFFD")))
}

// files are the files besides the operands that a run reads.
func (m *mapper) files() []string {
	if m.programFile == "" {
		return nil
	}
	return []string{m.programFile}
}

func (m *mapper) bind(name string, v json.Value) error {
	if !utf8.ValidString(name) {
		return fmt.Errorf("the name %s is not UTF-8", term.Quote(name))
	}
	for _, have := range m.variables {
		if have.Name == name {
			return fmt.Errorf("$%s is given twice", name)
		}
	}
	m.variables = append(m.variables, jq.Variable{Name: name, Value: v})
	return nil
}

// prepare compiles the program, and answers the operands that are files.
func (m *mapper) prepare(args, environ []string) (files []string, err error) {
	var text, name string
	switch {
	case m.programFile != "":
		b, err := os.ReadFile(m.programFile)
		if err != nil {
			return nil, exit.With(exit.IO, err)
		}
		text, name, files = string(b), m.programFile, args
	case len(args) == 0:
		return nil, tool.Usagef("the program is missing; . passes every record on")
	default:
		text, name, files = args[0], "program", args[1:]
	}
	if err := m.Records.Validate(); err != nil {
		return nil, err
	}
	opts := jq.Options{Now: time.Now, Zone: time.Local, Env: environ, Variables: append(m.variables, m.arguments())}
	m.program, err = jq.Compile(text, opts)
	var bad *jq.CompileError
	if errors.As(err, &bad) {
		return nil, &programError{name, bad}
	}
	if err == nil && !m.reads() && len(files) > 0 {
		err = tool.Usagef("--null-input reads nothing without input or inputs in the program, but %s is given to read", term.Quote(files[0]))
	}
	if err == nil && m.jobs > 1 {
		err = m.refuseJobs()
	}
	if err == nil {
		m.makePlan(text, opts)
	}
	return files, err
}

// refuseJobs is why a run can't be shared out, nil if it can.
func (m *mapper) refuseJobs() error {
	switch {
	case m.null:
		return tool.Usagef("--jobs can't be used with --null-input: the program runs once")
	case m.slurp:
		return tool.Usagef("--jobs can't be used with --slurp: the program runs once")
	case m.program.ReadsInput():
		return tool.Usagef("--jobs can't be used with input or inputs in the program: which records are whose depends on all before")
	}
	return nil
}

// arguments is $ARGS.
func (m *mapper) arguments() jq.Variable {
	named := json.NewObject(len(m.variables))
	for _, v := range m.variables {
		named.Set(v.Name, v.Value)
	}
	args := json.NewObject(2)
	args.Set("positional", json.NewArray(0).Value())
	args.Set("named", named.Value())
	return jq.Variable{Name: "ARGS", Value: args.Value()}
}

// A programError shows where a program does not compile.
type programError struct {
	name string
	*jq.CompileError
}

func (e *programError) Error() string {
	_, line, column := e.Line()
	return fmt.Sprintf("%s:%d:%d: %s", e.name, line, column+1, e.Message)
}

func (e *programError) Excerpt() string { return term.Excerpt([]byte(e.Program), e.Offset) }
func (e *programError) Hint() string    { return e.CompileError.Hint }
