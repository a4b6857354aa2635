package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/tooltest"
)

const page = "../../man/ndjson-map.1"

func TestMan(t *testing.T)        { tooltest.CheckMan(t, command(), page) }
func TestCompletion(t *testing.T) { tooltest.CheckCompletion(t, command()) }

// TestManFunctions checks that the page names exactly those functions of jq that
// do not compile yet. The names are those in lib/jq's table.
func TestManFunctions(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "lib", "jq", "names.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if name, _ := strconv.Unquote(lit.Value); !implemented(t, name) {
				missing = append(missing, name)
			}
		}
		return true
	})
	slices.Sort(missing)

	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), ".\\\" functions that are not there yet\n")
	list, _, found := strings.Cut(list, ".\\\" end\n")
	if !found {
		t.Fatalf("%s has no list of functions between its two comments", page)
	}
	var listed []string
	for _, word := range strings.Fields(list) {
		if name := strings.Trim(word, ","); strings.Contains(name, "/") {
			listed = append(listed, name)
		}
	}
	slices.Sort(listed)
	if !slices.Equal(listed, missing) {
		t.Errorf("%s lists as not there yet:\n%s\nwant\n%s", page, strings.Join(listed, " "), strings.Join(missing, " "))
	}
}

// implemented says whether a function, such as "limit/2", compiles.
func implemented(t *testing.T, name string) bool {
	t.Helper()
	call, arity, ok := strings.Cut(name, "/")
	n, err := strconv.Atoi(arity)
	if !ok || err != nil {
		t.Fatalf("%q is no name with an arity", name)
	}
	if n > 0 {
		call += "(" + strings.Repeat(".;", n-1) + ".)"
	}
	if name == "format/1" {
		call = `format("text")` // a computed format is another matter
	}
	_, err = jq.Compile(call, jq.Options{Now: time.Now})
	if err != nil && !strings.Contains(err.Error(), "not implemented yet: "+name) {
		t.Fatalf("%s: %v", call, err)
	}
	return err == nil
}
