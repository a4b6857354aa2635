package cmd_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// dockerfile is the words of each line of the image's recipe, by the first one.
func dockerfile(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "scripts", "container", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] != "#" {
			lines[words[0]] = words[1:]
		}
	}
	return lines
}

// TestContainer makes the folder that the Dockerfile describes, nothing in it but
// the binaries, and runs its entry point in there as process 1: a pipeline ends
// as it should, and SIGTERM lets it drain.
func TestContainer(t *testing.T) {
	unshare := process1(t)
	recipe := dockerfile(t)
	if recipe["FROM"][0] != "scratch" {
		t.Fatalf("the image is made from %v", recipe["FROM"])
	}
	root := t.TempDir()
	files := recipe["COPY"]
	folder := filepath.Join(root, files[len(files)-1])
	for _, dir := range []string{folder, filepath.Join(root, "proc")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files[:len(files)-1] {
		binary, err := os.ReadFile(filepath.Join(bin, file))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, file), binary, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	tools, err := os.ReadDir(bin)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools {
		if !slices.Contains(files, tool.Name()) {
			t.Errorf("the image lacks %s", tool.Name())
		}
	}
	var entry []string // in exec form, or no JSON
	if err := json.Unmarshal([]byte(strings.Join(recipe["ENTRYPOINT"], " ")), &entry); err != nil {
		t.Fatalf("the entry point is %v: %v", recipe["ENTRYPOINT"], err)
	}
	command := func(args ...string) *exec.Cmd {
		all := append(append(append([]string{}, unshare...), "--root", root), entry...)
		cmd := exec.CommandContext(t.Context(), all[0], append(all[1:], args...)...)
		cmd.Env = recipe["ENV"]
		return cmd
	}

	out, err := command(strings.Fields("ndjson-gen -n 3 ::: ndjson-map .id ::: throttle")...).Output()
	if err != nil || string(out) != "0\n1\n2\n" {
		t.Errorf("%q, %v", out, err)
	}
	failed := command("ndjson-gen", "-n", "3", ":::", "ndjson-map", "--on-error", "stop", `error("no")`, ":::", "rate-sink", "null:")
	if failed.Run(); failed.ProcessState.ExitCode() != 65 {
		t.Errorf("a failed stage: %v; want 65", failed.ProcessState)
	}

	forever := command(strings.Fields("ndjson-gen -r 1000/s ::: ndjson-map .id ::: throttle")...)
	lines, err := forever.StdoutPipe()
	if err == nil {
		err = forever.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lines.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	syscall.Kill(onlyChild(t, forever.Process.Pid), syscall.SIGTERM)
	rest, _ := io.ReadAll(lines)
	forever.Wait()
	if forever.ProcessState.ExitCode() != 143 || !strings.HasSuffix(string(rest), "\n") {
		t.Errorf("at SIGTERM: %v, after %.40q; want 143 after whole lines", forever.ProcessState, rest)
	}
}

// TestContainerImage builds the image itself, where that can be.
func TestContainerImage(t *testing.T) {
	if _, err := exec.LookPath("buildah"); err != nil || os.Geteuid() != 0 {
		t.Skip("this needs buildah, and root for its chroot isolation")
	}
	if out, err := exec.CommandContext(t.Context(), filepath.Join("..", "scripts", "container", "check"), bin).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
