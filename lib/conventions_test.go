// Package lib_test holds the rules of the house that a machine can check. Each
// is a table or a few lines over the syntax of every Go file; what one of them
// is for stands above it.
package lib_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = ".."
	module = "ndjsontools/"
)

// A source is one Go file of the repository.
type source struct {
	name   string // from the root: "lib/units/size.go"
	folder string // "lib/units"
	test   bool
	lines  int
	file   *ast.File
}

// imports are the paths that a file imports.
func (s source) imports() (paths []string) {
	for _, spec := range s.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

// uses says whether a file mentions name of the package imported as pkg.
func (s source) uses(pkg, name string, in func(ast.Node) bool) (found bool) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		if n != nil && in != nil && in(n) {
			return false
		}
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == name {
			x, ok := sel.X.(*ast.Ident)
			found = found || ok && x.Name == pkg
		}
		return true
	})
	return found
}

func sources(t *testing.T) (all []source) {
	t.Helper()
	fset := token.NewFileSet()
	for _, top := range []string{"lib", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			f, err := parser.ParseFile(fset, name, text, parser.ParseComments)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(root, name)
			rel = filepath.ToSlash(rel)
			all = append(all, source{rel, path.Dir(rel), strings.HasSuffix(rel, "_test.go"), bytes.Count(text, []byte("\n")), f})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d files; is the root elsewhere?", len(all))
	}
	return all
}

// A package is explained in one place.
func TestPackageComments(t *testing.T) {
	comments := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		comments[s.folder] += 0
		if s.file.Doc == nil {
			continue
		}
		comments[s.folder]++
		if text, want := s.file.Doc.Text(), "Package "+s.file.Name.Name+" "; s.file.Name.Name != "main" && !strings.HasPrefix(text, want) {
			t.Errorf("%s: the package comment begins with %.30q; want %q", s.name, text, want)
		}
	}
	for folder, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments; want exactly one", folder, n)
		}
	}
}

// A dependency has one door, so that it can be replaced there. The folder "" is
// for tests alone.
func TestDoors(t *testing.T) {
	all := sources(t)
	for _, door := range []struct{ dependency, folder string }{
		{"github.com/urfave/cli", "lib/tool"},
		{"github.com/klauspost/compress", "lib/codec"},
		{"github.com/dlclark/regexp2", "lib/jq/regex"},
		{"github.com/bytedance/sonic", "lib/json"},
		{"github.com/HdrHistogram/hdrhistogram-go", "lib/meter"},
		{"github.com/jackc/pgx", "lib/sink/postgres"},
		{"mvdan.cc/sh", "cmd/pipe-run"},
		{"github.com/itchyny/gojq", ""},
		{"github.com/brianvoe/gofakeit", ""},
		{"github.com/santhosh-tekuri/jsonschema", ""},
		{"github.com/rogpeppe/go-internal", ""},
		{"os/signal", "lib/tool"},
	} {
		for _, s := range all {
			for _, p := range s.imports() {
				inside := door.folder == "" && s.test || door.folder != "" && under(s.folder, door.folder)
				if under(p, door.dependency) && !inside {
					t.Errorf("%s imports %s; only %q may", s.name, p, door.folder)
				}
			}
		}
	}
}

// under says whether p is dir or below it.
func under(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// reach is what each package of the module imports of it, directly or not, for
// any system, tests left aside.
func reach(t *testing.T) map[string][]string {
	t.Helper()
	direct := map[string][]string{}
	for _, s := range sources(t) {
		inner := direct[s.folder]
		for _, p := range s.imports() {
			if p, ok := strings.CutPrefix(p, module); ok && !s.test {
				inner = append(inner, p)
			}
		}
		direct[s.folder] = inner
	}
	all := map[string][]string{}
	for from, todo := range direct {
		var reached []string
		for todo = slices.Clone(todo); len(todo) > 0; {
			p := todo[0]
			todo = todo[1:]
			if !slices.Contains(reached, p) {
				reached = append(reached, p)
				todo = append(todo, direct[p]...)
			}
		}
		all[from] = reached
	}
	return all
}

// Dependencies run one way. What stands at the bottom lists all that it may
// reach in this module; a line more is a decision.
func TestFoundations(t *testing.T) {
	all := reach(t)
	for folder, allowed := range map[string]string{
		"lib/exit": "", "lib/spell": "", "lib/units": "", "lib/jsonscan": "", "lib/ndjson": "", "lib/stdio": "", "lib/draft": "",
		"lib/tally": "", "lib/procstat": "", "lib/prom": "", "lib/reap": "",
		"lib/pace":           "lib/units",
		"lib/meter":          "lib/units lib/jsonscan",
		"lib/codec":          "lib/exit lib/spell lib/units",
		"lib/json":           "lib/jsonscan lib/exit",
		"lib/json/layout":    "lib/json lib/jsonscan lib/exit",
		"lib/jsonstream":     "lib/json lib/jsonscan lib/exit lib/ndjson",
		"lib/jq/libm":        "",
		"lib/term":           "lib/stdio",
		"lib/tool":           "lib/exit lib/spell lib/stdio lib/term",
		"lib/gen":            "lib/exit lib/spell lib/units lib/jsonscan lib/gen/fake",
		"lib/gen/fake":       "",
		"lib/gen/sketch":     "lib/jsonscan",
		"lib/gen/like":       "lib/exit lib/spell lib/units lib/jsonscan lib/gen/fake lib/gen lib/gen/sketch",
		"lib/gen/jsonschema": "lib/exit lib/spell lib/units lib/jsonscan lib/gen/fake lib/gen lib/gen/sketch",
		"lib/sink/postgres":  "lib/sink lib/exit lib/draft lib/spell lib/units lib/pace lib/jsonscan lib/codec lib/reap",
		"lib/sink":           "lib/exit lib/draft lib/spell lib/units lib/pace lib/jsonscan lib/codec lib/reap",
		"lib/flow":           "lib/procstat lib/tally lib/stdio",
		"lib/pipeline":       "lib/stdio lib/meter lib/units lib/jsonscan lib/reap",
	} {
		reached, ok := all[folder]
		if !ok {
			t.Errorf("there is no %s; a rule for nothing holds nothing", folder)
		}
		for _, p := range reached {
			if !slices.Contains(strings.Fields(allowed), p) {
				t.Errorf("%s reaches %s; it may reach only: %s", folder, p, allowed)
			}
		}
	}
}

// What stands above may not reach some of what is below, for its start-up or
// for its meaning.
func TestForbidden(t *testing.T) {
	all := reach(t)
	for _, rule := range []struct{ from, to string }{
		{"lib", "cmd"},
		{"lib/jq", "lib/filter"}, {"lib/jq", "lib/tool"}, {"lib/jq", "lib/term"}, {"lib/jq", "lib/stdio"},
		{"lib/filter", "lib/json"}, {"lib/filter", "lib/jq"}, {"lib/filter", "lib/gen"}, {"lib/filter", "lib/sink"},
		{"cmd/throttle", "lib/json"}, {"cmd/throttle", "lib/jq"},
		{"cmd/rate-sink", "lib/json"}, {"cmd/rate-sink", "lib/jq"},
		{"cmd/ndjson-gen", "lib/json"}, {"cmd/ndjson-gen", "lib/jq"},
	} {
		for folder, reached := range all {
			for _, p := range reached {
				if under(folder, rule.from) && under(p, rule.to) {
					t.Errorf("%s reaches %s; nothing in %s may reach %s", folder, p, rule.from, rule.to)
				}
			}
		}
	}
}

// Deferred work must run: a process ends where main returns, or in lib/tool.
func TestExit(t *testing.T) {
	isMain := func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		return ok && f.Recv == nil && f.Name.Name == "main"
	}
	for _, s := range sources(t) {
		if s.test || s.folder == "lib/tool" {
			continue
		}
		skip := isMain
		if s.file.Name.Name != "main" {
			skip = nil
		}
		if s.uses("os", "Exit", skip) {
			t.Errorf("%s calls os.Exit; return an error that has a status", s.name)
		}
		for _, name := range []string{"Fatal", "Fatalf", "Fatalln"} {
			if s.uses("log", name, nil) {
				t.Errorf("%s calls log.%s; return an error", s.name, name)
			}
		}
	}
}

// A Scanner ends at 64 KiB, and many forget to ask it why: package ndjson frames.
func TestScanner(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test && s.uses("bufio", "NewScanner", nil) {
			t.Errorf("%s uses bufio.NewScanner; package ndjson reads lines", s.name)
		}
	}
}

// A program is one statement: everything else is a function that tests can call.
func TestMains(t *testing.T) {
	mains := map[string]int{}
	for _, s := range sources(t) {
		if s.file.Name.Name != "main" || s.test {
			continue
		}
		mains[s.folder] += 0
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || f.Name.Name != "main" {
				continue
			}
			mains[s.folder]++
			if path.Base(s.name) != "main.go" || len(f.Body.List) != 1 || path.Dir(s.folder) != "cmd" {
				t.Errorf("%s: main has %d statements; want one, in cmd/TOOL/main.go", s.name, len(f.Body.List))
			}
		}
	}
	for folder, n := range mains {
		if n != 1 {
			t.Errorf("%s has %d functions called main; want 1", folder, n)
		}
	}
}

// A file that nobody can read at a sitting hides a noun.
func TestFileSize(t *testing.T) {
	for _, s := range sources(t) {
		if s.lines > 1000 {
			t.Errorf("%s has %d lines; at most 1000", s.name, s.lines)
		}
	}
}

// The top level is fixed; what git ignores may lie there.
func TestTopLevel(t *testing.T) {
	allowed := []string{"cmd", "lib", "scripts", "man", "testdata", "go.mod", "go.sum", "Makefile", "README.md", ".*"}
	ignored, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for pattern := range strings.FieldsSeq(string(ignored)) {
		allowed = append(allowed, strings.Trim(pattern, "/"))
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.ContainsFunc(allowed, func(p string) bool { ok, _ := path.Match(p, e.Name()); return ok }) {
			t.Errorf("%s stands at the top level, where only %s may", e.Name(), strings.Join(allowed, ", "))
		}
	}
}
