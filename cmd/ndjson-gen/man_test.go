package main

import (
	"os"
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
	for _, name := range gen.TypeNames() {
		if !strings.Contains(string(page), "\n.It Cm "+name+"\n") && !strings.Contains(string(page), "\n.It Cm "+name+" Ns Li") {
			t.Errorf("the page has no item for the type %s", name)
		}
	}
	for _, name := range gen.PresetNames() {
		if !strings.Contains(string(page), "@"+name) {
			t.Errorf("the page does not name the preset @%s", name)
		}
	}
}
