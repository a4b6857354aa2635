package cmd_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/tooltest"
)

// samples are the files that the examples of the manual find around them.
var samples = map[string]string{
	"events.ndjson": `{"id":1,"level":"info","msg":"started"}
{"id":2,"level":"error","msg":"disk full"}
{"id":3,"level":"info","msg":"stopped"}
`,
	"broken.ndjson": `{"id":1}
{"id":2
{"id":3}
`,
	"array.json": `[
  {"id": 1},
  {"id": 2}
]
`,
}

// exampleTime is when an example that hangs is ended.
const exampleTime = time.Minute

// pages are the paths of the manual pages of a section (a pattern).
func pages(t *testing.T, section string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "man", "*."+section))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no manual pages of section %s (%v)", section, err)
	}
	return paths
}

// TestManExamples runs every example of the manual, with sh -c in a folder of
// its own page: it must end with 0, and print what the page shows, if that shows
// anything. Examples of one page find what those before left behind.
func TestManExamples(t *testing.T) {
	for _, path := range pages(t, "[17]") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			examples, err := tooltest.Examples(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := sampleDir(t)
			for _, e := range examples {
				if e.Needs != "" {
					t.Logf("needs %s, make test-services runs it: $ %s", e.Needs, e.Command)
					continue
				}
				runExample(t, dir, e)
			}
		})
	}
}

// sampleDir is a folder with the samples.
func sampleDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range samples {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func runExample(t *testing.T, dir string, e tooltest.Example) {
	ctx, cancel := context.WithTimeout(context.Background(), exampleTime)
	defer cancel()
	var stderr strings.Builder
	sh := exec.CommandContext(ctx, "sh", "-c", e.Command)
	sh.Dir, sh.Stderr = dir, &stderr
	sh.WaitDelay = time.Second
	out, err := sh.Output()
	if err != nil {
		t.Errorf("$ %s\n%v\n%s", e.Command, err, stderr.String())
	}
	if want := strings.Join(e.Output, "\n") + "\n"; len(e.Output) > 0 && string(out) != want {
		t.Errorf("$ %s\nprints\n%sthe page shows\n%s", e.Command, out, want)
	}
}

// TestManComplete checks that every tool has its page and completions, and that
// the pages of section 1 use no status that ndjson-tools(7) does not list, nor
// the other way round.
func TestManComplete(t *testing.T) {
	mains, err := filepath.Glob("*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no tools (%v)", err)
	}
	for _, main := range mains {
		name := filepath.Dir(main)
		for _, path := range []string{
			"man/" + name + ".1", "scripts/completion/" + name + ".bash",
			"scripts/completion/_" + name, "scripts/completion/" + name + ".fish",
			"cmd/" + name + "/man_test.go",
		} {
			if _, err := os.Stat(filepath.Join("..", path)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	var used []string
	for _, path := range pages(t, "1") {
		used = append(used, readPage(t, path).Statuses()...)
	}
	sort.Strings(used)
	used = slices.Compact(used)
	listed := readPage(t, filepath.Join("..", "man", "ndjson-tools.7")).Statuses()
	sort.Strings(listed)
	if !slices.Equal(used, listed) {
		t.Errorf("ndjson-tools(7) lists the statuses %q; the tools' pages have %q", listed, used)
	}
}

// TestManCommon checks that an option that several tools share is described in
// the same words in all of their pages.
func TestManCommon(t *testing.T) {
	common, records := filter.NewCommon(), filter.NewRecords()
	options := append(common.Options(), records.Options()...)
	options = append(options, filter.CompressOption(&codec.Spec{}))
	names := []string{"help", "version"}
	for _, o := range options {
		names = append(names, o.Name)
	}
	type place struct{ page, text string }
	first := map[string]place{}
	for _, path := range pages(t, "1") {
		if filepath.Base(path) == "pipe-run.1" {
			continue // it is no filter: what it has of the same name it has of its own
		}
		items, err := readPage(t, path).Options()
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			text := strings.Join(item.Text, "\n")
			was, seen := first[item.Name]
			switch {
			case !slices.Contains(names, item.Name):
			case !seen:
				first[item.Name] = place{path, text}
			case was.text != text:
				t.Errorf("--%s is described in %s as\n%s\nand in %s as\n%s", item.Name, was.page, was.text, path, text)
			}
		}
	}
}

// crossReference is a page of ours that another one names.
var crossReference = regexp.MustCompile(`\.Xr ((?:ndjson-|rate-|throttle|pipe-)\S*) ([17])`)

// TestManReferences checks that the pages of ours that a page names are there.
func TestManReferences(t *testing.T) {
	for _, path := range pages(t, "[17]") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range crossReference.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join("..", "man", m[1]+"."+m[2])); err != nil {
				t.Errorf("%s names %s(%s): %v", path, m[1], m[2], err)
			}
		}
	}
}

func readPage(t *testing.T, path string) *tooltest.Page {
	t.Helper()
	page, err := tooltest.ReadPage(path)
	if err != nil {
		t.Fatal(err)
	}
	return page
}
