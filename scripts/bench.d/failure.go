package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"
)

const failureForm = "%-30s  %-14s %9s %9s\n"

// failures measures how long it takes from the failure of a stage in the middle
// of a pipeline until all others have been told and are gone, pipe-run included.
func (p plan) failures(w io.Writer) error {
	const name = "end after a failure"
	if !p.only.MatchString(name) {
		return nil
	}
	fmt.Fprintf(w, "\n"+failureForm, fmt.Sprintf("%s, %d times", name, p.starts), "program", "ms", "worst ms")
	for _, stages := range []int{3, 10} {
		var times []time.Duration
		for range p.starts {
			took, err := failure(stages)
			if err != nil {
				return err
			}
			times = append(times, took)
		}
		ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1e3) }
		fmt.Fprintf(w, failureForm, "", fmt.Sprintf("pipe-run of %d", stages), ms(median(times)), ms(slices.Max(times)))
	}
	return nil
}

// failure runs a pipeline whose middle stage says so and fails; the others would
// wait for ever. All of them hold the end of a pipe, which so tells when the last
// one has gone.
func failure(stages int) (time.Duration, error) {
	said, say, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer said.Close()
	alive, held, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer alive.Close()
	args := []string{"-q"}
	for i := range stages {
		if i > 0 {
			args = append(args, ":::")
		}
		if i == stages/2 {
			args = append(args, "sh", "-c", "echo now >&3; exit 3")
		} else {
			args = append(args, "sleep", "1000")
		}
	}
	cmd := exec.Command("pipe-run", args...)
	cmd.ExtraFiles = []*os.File{say, held}
	err = cmd.Start()
	say.Close()
	held.Close()
	if err != nil {
		return 0, err
	}
	said.Read(make([]byte, 4))
	failed := time.Now()
	io.Copy(io.Discard, alive)
	took := time.Since(failed)
	if cmd.Wait(); cmd.ProcessState.ExitCode() != 3 {
		return 0, fmt.Errorf("a pipeline that failed with 3 ended with %v", cmd.ProcessState)
	}
	return took, nil
}
