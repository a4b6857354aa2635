package tooltest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ndjsontools/lib/tool"
)

// A shell is one that completions are made for.
type shell struct {
	name     string
	file     func(command string) string // in scripts/completion
	generate func(*tool.Command) string
}

var shells = [...]shell{
	{"bash", func(name string) string { return name + ".bash" }, bashCompletion},
	{"zsh", func(name string) string { return "_" + name }, zshCompletion},
	{"fish", func(name string) string { return name + ".fish" }, fishCompletion},
}

// CheckCompletion compares the completions in scripts/completion with the ones
// that the command's options make, and has each shell check its own. With
// UPDATE_COMPLETION set it rewrites the files first. A shell that is not
// installed checks nothing, but fails the test where CI is set to true.
func CheckCompletion(t testing.TB, c *tool.Command) {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "scripts", "completion")
	for _, sh := range shells {
		path, want := filepath.Join(dir, sh.file(c.Name)), []byte(sh.generate(c))
		if os.Getenv("UPDATE_COMPLETION") != "" {
			if err := errors.Join(os.MkdirAll(dir, 0o777), os.WriteFile(path, want, 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from the options of %s (%v); run make completion and review the difference", path, c.Name, err)
			continue
		}
		checkSyntax(t, sh.name, path)
	}
	checkChoices(t, c)
}

// checkSyntax has a shell parse a file.
func checkSyntax(t testing.TB, name, path string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Errorf("%s is not installed: nothing checks %s", name, path)
		} else {
			t.Logf("%s is not installed: nothing checks %s", name, path)
		}
		return
	}
	if out, err := exec.Command(name, "-n", path).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%s -n %s: %v\n%s", name, path, err, out)
	}
}

// checkChoices fails where a completion offers what the option refuses. It is
// the last check, for it leaves its traces in the command.
func checkChoices(t testing.TB, c *tool.Command) {
	t.Helper()
	for _, o := range c.Options {
		for _, choice := range o.Choices {
			if err := o.Value.Set(choice); err != nil {
				t.Errorf("--%s offers %q, but does not take it: %v", o.Name, choice, err)
			}
		}
	}
}

// moduleRoot is the folder of go.mod, from the present one up.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod here or above")
		}
		dir = up
	}
	return "", err
}

// takesFiles says whether the operands are files, by the synopsis.
func takesFiles(c *tool.Command) bool {
	for _, form := range c.Synopsis {
		if strings.Contains(form, "FILE") {
			return true
		}
	}
	return false
}

// operandWords are the operands, or beginnings of operands, that the synopsis
// spells out: null: and file: of [null:|file:PATH].
func operandWords(c *tool.Command) []string {
	var words []string
	for _, form := range c.Synopsis {
		for _, word := range strings.FieldsFunc(form, func(r rune) bool { return strings.ContainsRune(" |[]", r) }) {
			word = strings.TrimRight(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
			if first := strings.TrimLeft(word, "abcdefghijklmnopqrstuvwxyz"); first != word && word != "options" {
				words = append(words, word)
			}
		}
	}
	return words
}

// madeFrom is the first comment of every file.
func madeFrom(c *tool.Command) string {
	return "# Completion for " + c.Name + ", made from its options: make completion rewrites it.\n"
}

// squote quotes text for a shell of the POSIX kind.
func squote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
