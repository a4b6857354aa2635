package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"ndjsontools/lib/gen"
	"ndjsontools/lib/tooltest"
)

func TestMan(t *testing.T)        { tooltest.CheckMan(t, command(), "../../man/ndjson-gen.1") }
func TestCompletion(t *testing.T) { tooltest.CheckCompletion(t, command()) }

// The page has every type and every preset.
func TestManTypes(t *testing.T) {
	page, err := os.ReadFile("../../man/ndjson-gen.1")
	if err != nil {
		t.Fatal(err)
	}
	item := ""
	_, section, _ := strings.Cut(string(page), "\n.Ss Types\n")
	section, _, _ = strings.Cut(section, "\n.Ss ")
	for line := range strings.Lines(gen.Types()) {
		if takes, ok := strings.CutPrefix(strings.TrimSpace(line), "takes "); ok {
			for name := range strings.FieldsSeq(takes) {
				if !strings.Contains(item, "\n.Cm "+name+" ") {
					t.Errorf("the item does not say that it takes %s: %s", name, item)
				}
			}
			continue
		}
		example, _, _ := strings.Cut(line, " ")
		name, args, _ := strings.Cut(example, ",")
		if !slices.Contains(gen.TypeNames(), name) {
			continue // what stands below the types
		}
		if args != "" {
			name += " Ns Li ," + strings.ReplaceAll(args, `\`, `\e`)
		}
		var ok bool
		if _, item, ok = strings.Cut(section, "\n.It Cm "+name+"\n"); !ok {
			t.Errorf("the page has no item %q", name)
		}
		item, _, _ = strings.Cut(item, ".It ")
	}
	for _, name := range gen.PresetNames() {
		if !strings.Contains(string(page), "@"+name) {
			t.Errorf("the page does not name the preset @%s", name)
		}
	}
}
