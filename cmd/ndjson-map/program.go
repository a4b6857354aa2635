package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"time"
	"unicode/utf8"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/jq"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/jsonstream"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
)

// programOptions are those about the program and what it knows.
func (m *mapper) programOptions() []tool.Option {
	return []tool.Option{
		{Name: "from-file", Short: "f", Usage: "the first operand is a file to read the program from", Value: tool.Bool(&m.fromFile)},
		{Name: "library-path", Short: "L", Arg: "DIR", Usage: "look for modules in DIR; several are looked through in their order", Value: tool.Func("", m.addLibrary), File: true},
		{Name: "arg", Arg: "NAME VALUE", Usage: "let $NAME be the string VALUE", Value: tool.Pair(m.setArg)},
		{Name: "argjson", Arg: "NAME JSON", Usage: "let $NAME be the value that JSON is", Value: tool.Pair(m.setArgJSON)},
		{Name: "slurpfile", Arg: "NAME FILE", Usage: "let $NAME be an array of the values in FILE", Value: tool.Pair(m.slurpFile), File: true},
		{Name: "rawfile", Arg: "NAME FILE", Usage: "let $NAME be the text of FILE", Value: tool.Pair(m.rawFile), File: true},
		{Name: "args", Usage: "the operands behind it, but for the program, are strings for $ARGS.positional", Value: tool.Bool(&m.marks), Marks: true},
		{Name: "jsonargs", Usage: "the operands behind it, but for the program, are JSON for $ARGS.positional", Value: tool.Bool(&m.marks), Marks: true},
		{Name: "exit-status", Short: "e", Usage: "end with 1 if the last output was false or null, with 4 if there was none", Value: tool.Bool(&m.exitStatus)},
		{Name: "strict", Usage: "a key or an element that is not there is an error, not null", Value: tool.Bool(&m.strict)},
		filter.JobsOption(&m.jobs, "work on N parts of the input at the same time; what comes out stays the same"),
		{Name: "explain", Usage: "print how the program would be run, read nothing, and end", Value: tool.Bool(&m.explain)},
	}
}

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
	all, err := values(file, text)
	if err != nil {
		return fmt.Errorf("$%s: %w", name, err)
	}
	return m.bind(name, all)
}

// values are the JSON values in a file, as an array.
func values(file string, text []byte) (json.Value, error) {
	all := json.NewArray(0)
	split := jsonstream.NewValues(int64(len(text))+1, jsonstream.Spanning)
	split.Reset(bytes.NewReader(text))
	for split.Scan() {
		one := split.Record()
		v, bad := json.Decode(bytes.Clone(one.Data))
		if bad != nil {
			line, column := term.Column(text, int(one.Offset)+bad.Offset)
			return v, fmt.Errorf("%s:%d:%d: %s", file, line, column, bad.Reason)
		}
		all.Append(v)
	}
	return all.Value(), nil
}

// rawFile binds a variable to the text of a file; what is not UTF-8 in it becomes
// U+FFFD.
func (m *mapper) rawFile(name, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return m.bind(name, json.FromString(jsonscan.MendString(string(text))))
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
func (m *mapper) prepare(env *tool.Env) (files []string, err error) {
	text, name, files, err := m.operands(env.Args, env.Marks)
	if err != nil {
		return nil, err
	}
	for _, validate := range []func() error{m.Records.Validate, m.reading.Validate} {
		if err := validate(); err != nil {
			return nil, err
		}
	}
	if bad := m.settle(env.Stdout, m.compress.Format != codec.Plain, os.Getenv); bad != nil {
		env.Term.Say("%v", bad)
	}
	opts := jq.Options{
		Now: time.Now, Zone: time.Local, Env: os.Environ(), Variables: append(m.variables, m.arguments()),
		Modules: m.modules(os.Getenv("HOME")), Strict: m.strict,
	}
	m.program, err = jq.Compile(text, opts)
	var bad *jq.CompileError
	if errors.As(err, &bad) {
		return nil, &programError{cmp.Or(bad.File, name), bad}
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

// operands sorts out the program, the positional arguments and the files. As with
// jq, the program is the first operand whatever stands before it.
func (m *mapper) operands(args, marks []string) (text, name string, files []string, err error) {
	if len(args) == 0 {
		return "", "", nil, tool.Usagef("the program is missing; . passes every record on")
	}
	text, name = args[0], "program"
	if m.fromFile {
		b, err := os.ReadFile(args[0])
		if err != nil {
			return "", "", nil, exit.With(exit.IO, err)
		}
		text, name = string(b), args[0]
		m.programFile = name
	}
	for i, arg := range args[1:] {
		switch marks[1+i] {
		case "args":
			if !utf8.ValidString(arg) {
				return "", "", nil, tool.Usagef("an argument is not UTF-8: %s", term.Quote(arg))
			}
			m.positional = append(m.positional, json.FromString(arg))
		case "jsonargs":
			v, bad := json.Decode([]byte(arg))
			if bad != nil {
				return "", "", nil, tool.Usagef("--jsonargs: %s is not JSON: %v", term.Quote(arg), bad)
			}
			m.positional = append(m.positional, v)
		default:
			files = append(files, arg)
		}
	}
	return text, name, files, nil
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
	case m.events() || m.sequence || m.concat:
		return tool.Usagef("--jobs can't be used with --stream, --seq and --concat: only lines can be shared out")
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
	args.Set("positional", json.ArrayOf(m.positional).Value())
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
