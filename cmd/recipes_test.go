package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// recipe runs make with the recipes in a folder that holds these files.
func recipe(t *testing.T, files map[string]string, target string) (dir, out string, err error) {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	makefile, err := filepath.Abs(filepath.Join("..", "scripts", "recipes", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "make", "-f", makefile, target)
	cmd.Dir = dir
	words, err := cmd.CombinedOutput()
	return dir, string(words), err
}

// Every recipe makes what it says, of good input.
func TestRecipes(t *testing.T) {
	dir, out, err := recipe(t, map[string]string{"events.ndjson": samples["events.ndjson"], "raw.ndjson": samples["broken.ndjson"]}, "recipes")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, want := range map[string]string{
		"errors.ndjson": `{"id":2,"level":"error","msg":"disk full"}` + "\n",
		"messages.txt":  "      1 disk full\n",
		"events.csv":    "1,\"info\",\"started\"\n2,\"error\",\"disk full\"\n3,\"info\",\"stopped\"\n",
		"clean.ndjson":  "{\"id\":1}\n{\"id\":3}\n",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v); want %q", name, got, err, want)
		}
	}
	gunzip, err := exec.Command("gzip", "-dc", filepath.Join(dir, "archive.ndjson.gz")).Output()
	if err != nil || string(gunzip) != samples["events.ndjson"] {
		t.Errorf("the archive holds %q (%v)", gunzip, err)
	}
	if plot, err := os.ReadFile(filepath.Join(dir, "archive.ndjson.gz.svg")); err != nil || !strings.Contains(string(plot), "<svg") {
		t.Errorf("there is no plot: %v", err)
	}
	if again, out, err := recipe(t, nil, "errors.ndjson"); err == nil {
		t.Errorf("without its source a target is made in %s: %s", again, out)
	}
}

// When a stage fails there is no target, neither whole nor in part, and make
// knows; one that was there before stays as it was.
func TestRecipesFail(t *testing.T) {
	const bad = `{"id":1,"level":"error","msg":"a"}` + "\n" + `{"id":2,` + "\n"
	for _, target := range []string{"errors.ndjson", "messages.txt", "events.csv", "archive.ndjson.gz"} {
		dir, out, err := recipe(t, map[string]string{"events.ndjson": bad}, target)
		if err == nil || !strings.Contains(out, "Error 5") {
			t.Errorf("%s: make ended with %v\n%s", target, err, out)
		}
		left, _ := filepath.Glob(filepath.Join(dir, "*"))
		hidden, _ := filepath.Glob(filepath.Join(dir, ".*.part"))
		for _, name := range append(left, hidden...) {
			if base := filepath.Base(name); base != "events.ndjson" && base != "archive.ndjson.gz.svg" {
				t.Errorf("%s: it left %s", target, base)
			}
		}
	}
	old := map[string]string{"events.ndjson": bad, "errors.ndjson": "old\n"}
	dir, _, err := recipe(t, old, "-B")
	if got, _ := os.ReadFile(filepath.Join(dir, "errors.ndjson")); err == nil || string(got) != "old\n" {
		t.Errorf("an older target is now %q (%v)", got, err)
	}
}
