package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// bare is the least that a program in Go can be.
const bare = "package main\n\nfunc main() {}\n"

const startForm = "%-30s  %-14s %9s %14s\n"

// startups measures programs that have nothing to do, from before the start to
// the exit.
func (p plan) startups(w io.Writer) error {
	const name = "start and end"
	if !p.only.MatchString(name) {
		return nil
	}
	fmt.Fprintf(w, "\n"+startForm, fmt.Sprintf("%s, %d times", name, p.starts), "program", "ms", "over bare Go")
	empty, err := buildBare(p.dir)
	if err != nil {
		return err
	}
	programs := []struct {
		name    string
		command []string
	}{
		{"bare Go", []string{empty}},
		{"throttle", []string{"throttle"}},
		{"ndjson-gen", []string{"ndjson-gen", "-n", "1"}},
		{"ndjson-map", []string{"ndjson-map", "-n", "1"}},
		{"rate-sink", []string{"rate-sink"}},
		{"pipe-run", []string{"pipe-run", "true"}},
		{"pipe-run of 3", []string{"pipe-run", "true", ":::", "true", ":::", "true"}},
		{"sh, pipe of 3", []string{"sh", "-c", "true | true | /bin/true"}},
		{"cat", []string{"cat"}},
		{"jq", []string{"jq", "-n", "1"}},
		{"gojq", []string{"gojq", "-n", "1"}},
		{"jaq", []string{"jaq", "-n", "1"}},
		{"mlr", []string{"mlr", "-n", "cat"}},
		{"node", []string{"node", "-e", "0"}},
	}
	times := make([][]time.Duration, len(programs))
	for range p.starts {
		for i, program := range programs {
			path, err := exec.LookPath(program.command[0])
			if err != nil {
				continue
			}
			cmd := exec.Command(path, program.command[1:]...)
			begun := time.Now()
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("%s: %w", program.name, err)
			}
			times[i] = append(times[i], time.Since(begun))
		}
	}
	for i, program := range programs {
		if times[i] == nil {
			fmt.Fprintf(w, startForm, "", program.name, "not", "installed")
			continue
		}
		took := median(times[i])
		fmt.Fprintf(w, startForm, "", program.name, fmt.Sprintf("%.2f", took.Seconds()*1e3),
			fmt.Sprintf("%+.2f", (took-median(times[0])).Seconds()*1e3))
	}
	return nil
}

func buildBare(dir string) (path string, err error) {
	source := filepath.Join(dir, "bare.go")
	if err := os.WriteFile(source, []byte(bare), 0o666); err != nil {
		return "", err
	}
	path = filepath.Join(dir, "bare")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, source)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}
