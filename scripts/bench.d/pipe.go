package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A pipe is commands joined as by a shell: the first reads /dev/null, the last
// writes to /dev/null.
type pipe [][]string

// A usage is what a stage of a pipe took.
type usage struct {
	cpu  time.Duration // user and system
	peak int64         // bytes, 0 if not known
}

// runLimit ends a run that hangs.
const runLimit = 2 * time.Minute

// run runs the pipe once. The time is from before the first start to the last
// exit, so start-up is in it. A status other than 0 of any stage is an error: a
// figure of a failed run means nothing. With watch, it looks at the memory of
// the stages while they run, which takes some of the time that it measures.
func (p pipe) run(stdout io.Writer, watch bool) (time.Duration, []usage, error) {
	cmds := make([]*exec.Cmd, len(p))
	words := make([]bytes.Buffer, len(p))
	for i, args := range p {
		cmds[i] = exec.Command(args[0], args[1:]...)
		cmds[i].Stderr = &words[i]
	}
	cmds[len(p)-1].Stdout = stdout
	ends, err := join(cmds)
	defer func() { closeAll(ends) }()
	if err != nil {
		return 0, nil, err
	}

	begun := time.Now()
	for i, cmd := range cmds {
		if err := cmd.Start(); err != nil {
			kill(cmds[:i])
			for _, started := range cmds[:i] {
				_ = started.Wait() // killed: only to bury it
			}
			return 0, nil, err
		}
	}
	closeAll(ends)
	ends = nil
	limit := time.AfterFunc(runLimit, func() { kill(cmds) })
	defer limit.Stop()
	peaks := func() []int64 { return make([]int64, len(p)) }
	if watch {
		peaks = watchPeaks(cmds)
	}
	var failed error
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w\n%s", strings.Join(p[i], " "), err, words[i].String())
		}
	}
	elapsed := time.Since(begun)

	seen := peaks()
	stages := make([]usage, len(p))
	for i, cmd := range cmds {
		state := cmd.ProcessState
		stages[i] = usage{cpu: state.UserTime() + state.SystemTime(), peak: max(seen[i], toldPeak(state))}
	}
	return elapsed, stages, failed
}

// join connects each command's output with the next one's input. The ends are
// the parent's to close.
func join(cmds []*exec.Cmd) (ends []*os.File, err error) {
	for i := range len(cmds) - 1 {
		r, w, err := os.Pipe()
		if err != nil {
			return ends, err
		}
		cmds[i].Stdout, cmds[i+1].Stdin = w, r
		ends = append(ends, r, w)
	}
	return ends, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

func kill(cmds []*exec.Cmd) {
	for _, cmd := range cmds {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}
}

// watchEvery is how often the memory of the stages is looked at.
const watchEvery = 5 * time.Millisecond

// watchPeaks looks at the peak of memory that the kernel keeps for each process,
// until the function that it returns is called. What is allocated in a process's
// last milliseconds escapes it; a filter has long had its peak then.
func watchPeaks(cmds []*exec.Cmd) (stop func() []int64) {
	peaks := make([]int64, len(cmds))
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			for i, cmd := range cmds {
				peaks[i] = max(peaks[i], peakOf(fmt.Sprint(cmd.Process.Pid)))
			}
			select {
			case <-done:
				return
			case <-time.After(watchEvery):
			}
		}
	}()
	return func() []int64 { close(done); <-ended; return peaks }
}

// peakOf is VmHWM of a process ("self" is this one), or 0.
func peakOf(pid string) int64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	_, line, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	var kib int64
	fmt.Sscan(string(line), &kib)
	return kib * 1024
}

// toldPeak is the peak that wait4 told. On Linux a process inherits its parent's
// over fork and exec, so it is true only when it is above our own: then it is
// better than what was seen by watching.
func toldPeak(state *os.ProcessState) int64 {
	rusage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	peak := int64(rusage.Maxrss)
	if runtime.GOOS == "darwin" {
		return peak
	}
	if peak *= 1024; peak <= peakOf("self") {
		return 0
	}
	return peak
}
