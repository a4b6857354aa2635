package cmd_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// running is a throttle with its input and output in our hands.
type running struct {
	*exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr *bufio.Reader
}

func startThrottle(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{Cmd: exec.Command(filepath.Join(bin, "throttle"), args...)}
	in, err := r.StdinPipe()
	check(t, err)
	out, err := r.StdoutPipe()
	check(t, err)
	stderr, err := r.StderrPipe()
	check(t, err)
	r.in, r.out, r.stderr = in, bufio.NewReader(out), bufio.NewReader(stderr)
	check(t, r.Start())
	watchdog := time.AfterFunc(time.Minute, func() { r.Process.Kill() })
	t.Cleanup(func() { watchdog.Stop(); r.Process.Kill() })
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *running) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	check(t, r.Process.Signal(sig))
}

func (r *running) expect(t *testing.T, from *bufio.Reader, want string) {
	t.Helper()
	line, err := from.ReadString('\n')
	if err != nil || !strings.Contains(line, want) {
		t.Fatalf("got %q, %v; want %q", line, err, want)
	}
}

// paused asks for reports until one tells of a pause: a signal is taken some
// time after it was sent.
func (r *running) paused(t *testing.T) {
	t.Helper()
	for {
		r.signal(t, syscall.SIGUSR1)
		for line := ""; !strings.Contains(line, "starved"); {
			var err error
			line, err = r.stderr.ReadString('\n')
			check(t, err)
			if strings.Contains(line, ", paused ") {
				return
			}
		}
	}
}

// toggle pauses or resumes, and returns when that was taken: two of the same
// signal that wait together are one. A report that was asked for after an answer
// was made after whatever had been sent before that. One that has ended gives none.
func (r *running) toggle() {
	r.Process.Signal(syscall.SIGUSR2)
	for range 2 {
		r.Process.Signal(syscall.SIGUSR1)
		for line, err := "", error(nil); err == nil && !strings.Contains(line, "starved"); {
			line, err = r.stderr.ReadString('\n')
		}
	}
}

// TestThrottlePause: a pause holds what comes, is not made up for, and ends by
// the second signal.
func TestThrottlePause(t *testing.T) {
	for _, args := range [][]string{{"-q", "--records"}, {"-q"}, {"-q", "-r", "1MB/s"}, {"-q", "-r", "1M/s"}} {
		r := startThrottle(t, args...)
		io.WriteString(r.in, "first\n")
		r.expect(t, r.out, "first") // it runs, and knows its signals
		r.signal(t, syscall.SIGUSR2)
		r.paused(t)
		io.WriteString(r.in, "second\n")
		resumed := make(chan time.Time, 1)
		time.AfterFunc(200*time.Millisecond, func() { resumed <- time.Now(); r.Process.Signal(syscall.SIGUSR2) })
		r.expect(t, r.out, "second")
		if arrived := time.Now(); len(resumed) == 0 {
			t.Errorf("%v: a record left at %v, in the pause", args, arrived)
		}
		r.in.Close()
		check(t, r.Wait())
	}
}

// TestThrottleTermInPause: what was read leaves, and the process ends by the
// signal.
func TestThrottleTermInPause(t *testing.T) {
	r := startThrottle(t, "-r", "1/m")
	io.WriteString(r.in, "1\n2\n3")
	r.expect(t, r.out, "1")
	r.signal(t, syscall.SIGUSR2)
	r.paused(t)
	r.signal(t, syscall.SIGTERM)
	rest, err := io.ReadAll(r.out)
	if err != nil || string(rest) != "2\n3" {
		t.Errorf("got %q, %v; want what was read", rest, err)
	}
	r.Wait()
	if status := r.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGTERM {
		t.Errorf("got %v; want the end by SIGTERM", r.ProcessState)
	}
}

// TestThrottleRateFile: a new rate holds within 100 ms, even when the old one
// lets nothing go for a minute.
func TestThrottleRateFile(t *testing.T) {
	for _, hup := range []bool{false, true} {
		file := filepath.Join(t.TempDir(), "rate")
		check(t, os.WriteFile(file, []byte("1/m\n"), 0o666))
		r := startThrottle(t, "--rate-file", file)
		io.WriteString(r.in, "1\n2\n3\n")
		r.expect(t, r.out, "1")
		check(t, os.WriteFile(file, []byte("1000/s\n"), 0o666))
		changed := time.Now()
		if hup {
			r.signal(t, syscall.SIGHUP)
		}
		r.expect(t, r.out, "2")
		r.expect(t, r.out, "3")
		// Twice what is promised, on a machine that others use.
		if took := time.Since(changed); took > 200*time.Millisecond {
			t.Errorf("the new rate held after %v; want 100 ms", took)
		}
		r.in.Close()
		check(t, r.Wait())
	}
}

// TestThrottleIntegrity: 10 MiB of random bytes through bursts, pauses and ten
// changes of the rate come out as they went in, to a pipe and to a file.
func TestThrottleIntegrity(t *testing.T) {
	data := make([]byte, 10<<20)
	rand.NewChaCha8([32]byte{5}).Read(data)
	want := sha256.Sum256(data)
	dir := t.TempDir()
	input := filepath.Join(dir, "input")
	check(t, os.WriteFile(input, data, 0o666))
	for _, mode := range [][]string{nil, {"--records"}, {"--records", "--null-data"}} {
		for _, toFile := range []bool{false, true} {
			for _, fromFile := range []bool{false, true} {
				name := fmt.Sprintf("%v to file %v from file %v", mode, toFile, fromFile)
				t.Run(name, func(t *testing.T) {
					got := passThroughChanges(t, dir, input, data, mode, toFile, fromFile)
					if !bytes.Equal(got.Sum(nil), want[:]) {
						t.Error("the output is not the input")
					}
				})
			}
		}
	}
}

// passThroughChanges runs data through a throttle that is told ten rates and
// is paused between, and answers the sum of what came out.
func passThroughChanges(t *testing.T, dir, input string, data []byte, mode []string, toFile, fromFile bool) hash.Hash {
	file, output := filepath.Join(dir, "rate"), filepath.Join(dir, "output")
	check(t, os.WriteFile(file, []byte("20MB/s"), 0o666))
	c := exec.Command(filepath.Join(bin, "throttle"), append([]string{"--rate-file", file, "--burst", "100kB"}, mode...)...)
	c.Stdin = bytes.NewReader(data)
	if fromFile {
		in, err := os.Open(input)
		check(t, err)
		defer in.Close()
		c.Stdin = in
	}
	sum := sha256.New()
	begun := &firstWrite{Hash: sum, done: make(chan struct{})}
	c.Stdout = begun
	if toFile {
		out, err := os.Create(output)
		check(t, err)
		defer out.Close()
		c.Stdout = out
	}
	stderr, err := c.StderrPipe()
	check(t, err)
	r := &running{Cmd: c, stderr: bufio.NewReader(stderr)}
	check(t, c.Start())
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	watchdog := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
	defer watchdog.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	// Data that has left shows that the signals have their meaning by now.
	for toFile && begun.grows(output) == 0 {
		<-tick.C
	}
	<-begun.done
	changes := 0
	for _, rate := range []string{"40MB/s", "1MB/s", "100k/s 50MB/s", "100kB/s", "30MB/s", "10B/s", "20MB/s", "off", "3MB/s", "60MB/s"} {
		if mode == nil { // a run that counts bytes
			rate = rate[strings.LastIndexByte(rate, ' ')+1:]
		}
		<-tick.C
		check(t, os.WriteFile(file, []byte(rate), 0o666))
		c.Process.Signal(syscall.SIGHUP)
		if changes++; changes%3 == 0 {
			<-tick.C
			r.toggle()
			<-tick.C
			r.toggle()
		}
	}
	check(t, <-done)
	if toFile {
		written, err := os.ReadFile(output)
		check(t, err)
		sum.Write(written)
	}
	return sum
}

// firstWrite is a hash that tells when the first data has come, to it or to a
// file.
type firstWrite struct {
	hash.Hash
	once sync.Once
	done chan struct{}
}

func (f *firstWrite) Write(p []byte) (int, error) {
	f.once.Do(func() { close(f.done) })
	return f.Hash.Write(p)
}

// grows is the size of the file.
func (f *firstWrite) grows(name string) int64 {
	info, err := os.Stat(name)
	if err != nil || info.Size() == 0 {
		return 0
	}
	f.once.Do(func() { close(f.done) })
	return info.Size()
}
