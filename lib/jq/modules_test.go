package jq

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"ndjsontools/lib/json"
)

// shelf is files by their names.
type shelf map[string]string

func (s shelf) options(search ...string) Options {
	opts := testOptions
	opts.Modules = &Modules{
		Search: search, Home: "/home", Origin: "/usr/bin", ProgramOrigin: "/work",
		Read: func(name string) ([]byte, error) {
			if text, ok := s[filepath.ToSlash(name)]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Values: func(name string, text []byte) (json.Value, error) {
			v, bad := json.Decode(text)
			if bad != nil {
				return v, errors.New(name + ": " + bad.Reason)
			}
			return json.ArrayOf([]json.Value{v}).Value(), nil
		},
	}
	return opts
}

var books = shelf{
	"/lib/a.jq":           `module {version: 1.50, name: "a"}; def f: "a"; def g($x; y): [$x, y]; def loc: $__loc__;`,
	"/lib/b.jq":           `import "a" as foo; import "d" as $d; include "sub/e"; def f: foo::f + "/b"; def data: $d, $d::d; def e2: e; def bad: .a.b;`,
	"/lib/sub/e.jq":       `def e: "sub/e"; def e($n): if $n == 0 then "end" else e($n - 1) end;`,
	"/lib/d.json":         `{"n": 1.0}`,
	"/lib/shadow.jq":      `def map(f): "mine"; def f: [1] | map(.);`,
	"/lib/m/m.jq":         `def f: "m/m";`,
	"/lib/k/jq/main.jq":   `def f: "k/jq/main";`,
	"/lib/near.jq":        `import "x" as x {search: "./n"}; def f: x::f;`,
	"/lib/n/x.jq":         `def f: "near";`,
	"/work/own/x.jq":      `def f: "own";`,
	"/usr/lib/o.jq":       `def f: "origin";`,
	"/home/mods/h.jq":     `def f: "home";`,
	"/lib/undefined.jq":   "def f: 1;\ndef g: reduce .[] as $x (0, 1; nosuch);",
	"/lib/broken.jq":      "def f: 1;\ndef g: ];",
	"/lib/one.jq":         `import "two" as t; def f: 1;`,
	"/lib/two.jq":         `import "one" as o; def f: 1;`,
	"/lib/program.jq":     `def f: 1; f`,
	"/lib/badd.json":      `[1`,
	"/lib/fold.jq":        `def total(s): reduce s as $x (0; . + $x); def steps(s): [foreach s as $x (0; . + $x)]; def set(p): p |= 7;`,
	"/lib/data/data.jq":   `import "list" as $list {search: "."}; def all: $list[0][];`,
	"/lib/data/list.json": `["not this one"]`,
	"list.json":           `["current"]`,
}

// What modules mean was compared with jq 1.8.2.
func TestModules(t *testing.T) {
	for _, c := range []struct{ program, want string }{
		{`import "a" as a; a::f, a::g(1; 2), a::loc.file`, `"a" [1,2] "/lib/a.jq"`},
		{`include "a"; f`, `"a"`},
		{`include "a"; def f: "own"; f`, `"own"`},
		{`include "a"; include "b"; f`, `"a/b"`},
		{`import "a" as a; import "b" as a; a::f`, `"a/b"`},
		{`import "b" as b; b::f, b::data, b::e2`, `"a/b" [{"n":1.0}] [{"n":1.0}] "sub/e"`},
		{`include "sub/e"; e(1000)`, `"end"`},
		{`import "shadow" as s; s::f, ([1] | map(.))`, `"mine" [1]`},
		{`include "shadow"; f, ([1] | map(.))`, `"mine" "mine"`},
		{`import "m" as m; import "k" as k; m::f, k::f`, `"m/m" "k/jq/main"`},
		{`import "near" as n; n::f`, `"near"`},
		{`import "x" as x {search: ["./nowhere", "./own"]}; x::f`, `"own"`},
		{`import "o" as o {search: "$ORIGIN/../lib"}; import "h" as h {search: "~/mods"}; o::f, h::f`, `"origin" "home"`},
		{`import "none" as n {optional: true}; 1`, `1`},
		{`import "undefined" as n; n::f`, `1`},
		{`import "d" as $d; def f: $d::d[0].n; f, (1 as $d | $d)`, `1.0 1`},
		{`import "data" as d; d::all`, `"current"`},
		{`import "a" as a; def a::f: 3; a::f`, `3`},
		{`import "fold" as f; f::total(1, 2), f::steps(1, 2), ({a: 1} | f::set(.a))`, `3 [1,3] {"a":7}`},
		{`get_search_list, get_jq_origin, get_prog_origin`, `["/lib"] "/usr/bin" "/work"`},
		{`"a" | modulemeta`, `{"version":1.50,"name":"a","deps":[],"defs":["f/0","g/2","loc/0"]}`},
		{`"b" | modulemeta | .deps`,
			`[{"as":"foo","is_data":false,"relpath":"a"},{"as":"d","is_data":true,"relpath":"d"},{"is_data":false,"relpath":"sub/e"}]`},
		{`"near" | modulemeta | .deps[0]`, `{"search":"./n","as":"x","is_data":false,"relpath":"x"}`},
		{`try ("none" | modulemeta) catch ., try (1 | modulemeta) catch .`,
			`"module not found: none" "modulemeta input module name must be a string"`},
	} {
		p, err := Compile(c.program, books.options("/lib"))
		if err != nil {
			t.Errorf("%s: %v", c.program, err)
			continue
		}
		got, err := runOnce(NewRunner(p), json.Value{})
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, %v; want %s", c.program, got, err, c.want)
		}
	}
}

// An error says in which file it is.
func TestModuleErrors(t *testing.T) {
	for _, c := range []struct {
		program, file string
		offset        int
		want          string
	}{
		{`1; import "none" as n; 1`, "", 1, `unexpected ";"`},
		{`import "none" as n; 1`, "", 0, `module not found: none`},
		{`import "undefined" as u; u::g`, "/lib/undefined.jq", 41, `unknown function nosuch/0`},
		{`import "broken" as u; 1`, "/lib/broken.jq", 17, `unexpected "]"`},
		{`import "one" as u; 1`, "/lib/two.jq", 0, `circular import of /lib/one.jq`},
		{`import "program" as u; 1`, "/lib/program.jq", 10, `a module has definitions only`},
		{`import "badd" as $u; 1`, "", 0, `/lib/badd.json: record ends inside an array`},
		{`import "../a" as u; 1`, "", 0, `may not traverse to parent directories`},
		{`import "m/m" as u; 1`, "", 0, `must not have equal consecutive components`},
		{`import "a" as u; u::ff`, "", 17, `unknown function u::ff/0 (did you mean u::f/0?)`},
		{`import "d" as $d; $dd`, "", 18, `$dd is not defined (did you mean $d?)`},
		{`include "b"; e`, "", 13, `unknown function e/0`},
		{`include "b"; $d`, "", 13, `$d is not defined`},
	} {
		_, err := Compile(c.program, books.options("/lib"))
		var e *CompileError
		if !errors.As(err, &e) || e.File != c.file || e.Offset != c.offset || !strings.Contains(e.Error(), c.want) {
			t.Errorf("%s: got %+v; want %q at %s:%d", c.program, err, c.want, c.file, c.offset)
			continue
		}
		e.Line() // the place is one
	}
}

// A file .jq at home is part of every program.
func TestHome(t *testing.T) {
	mine := maps.Clone(books)
	mine["/home/.jq"] = `def double: . * 2; def map(f): "mine";`
	p, err := Compile(`4 | double, map(.)`, mine.options())
	if err != nil || !p.Modular() {
		t.Fatal(err)
	}
	if got, err := runOnce(NewRunner(p), json.Value{}); err != nil || strings.Join(got, " ") != `8 "mine"` {
		t.Errorf("got %v, %v", got, err)
	}
	if p, err := Compile(`.`, books.options()); err != nil || p.Modular() {
		t.Errorf("got %v, %v; want a program that is its text alone", p, err)
	}
}
