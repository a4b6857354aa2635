package filter

import (
	"bytes"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/pace"
	"ndjsontools/lib/stdio"
)

// A reader that waits gets what there is: at once when nothing is compressed,
// and at most once a second when it is.
func TestIdleFlush(t *testing.T) {
	for _, format := range []codec.Format{codec.Plain, codec.Gzip, codec.Zstd, codec.S2} {
		f := temp(t, "")
		clock := new(pace.Fake)
		clock.Set(time.Hour)
		out, err := newOutput(stdio.NewOut(f, "out", OutputBuffer), codec.Spec{Format: format}, clock)
		if err != nil {
			t.Fatal(err)
		}
		idle := func(want time.Duration, seen string) {
			t.Helper()
			again, err := out.Idle()
			if err != nil || again != want {
				t.Errorf("%v: Idle = %v, %v; want %v", format, again, err, want)
			}
			// What is there can be read without the rest.
			got := make([]byte, len(seen))
			n, _ := io.ReadFull(codec.NewReader(bytes.NewReader([]byte(text(f.Name())))), got)
			if string(got[:n]) != seen {
				t.Errorf("%v: a reader sees %q; want %q", format, got[:n], seen)
			}
		}
		out.Commit(append(out.Room(), "1\n"...))
		if format == codec.Plain {
			idle(0, "1\n")
			out.WriteString("2\n")
			idle(0, "1\n2\n")
		} else {
			idle(time.Second, "")
			clock.Advance(400 * time.Millisecond)
			idle(600*time.Millisecond, "")
			clock.Advance(600 * time.Millisecond)
			idle(0, "1\n")
			size := out.Bytes()
			clock.Advance(time.Hour)
			idle(0, "1\n") // nothing new, nothing written
			if out.Bytes() != size {
				t.Errorf("%v: an idle flush of nothing wrote %d bytes", format, out.Bytes()-size)
			}
			out.WriteString("2\n")
			idle(0, "1\n2\n")
			out.WriteThrough([]byte("3\n"))
			idle(time.Second, "1\n2\n")
		}
		if err := out.Close(); err != nil {
			t.Errorf("%v: Close: %v", format, err)
		}
		want := "1\n2\n3\n"
		if format == codec.Plain {
			want = "1\n2\n"
		}
		if got := gunzip(t, text(f.Name())); got != want {
			t.Errorf("%v: %q; want %q", format, got, want)
		}
	}
}

func TestCompressed(t *testing.T) {
	stdin := strings.Repeat(`{"some":"record"}`+"\n", 20_000)
	for _, z := range []string{"gzip", "zstd:1", "s2"} {
		r := runTry(t, stdin, "-z", z)
		if got := gunzip(t, r.stdout); r.status != 0 || got != stdin || len(r.stdout) > len(stdin)/5 {
			t.Errorf("%s: status %d, %d bytes in %d; want %d", z, r.status, len(got), len(r.stdout), len(stdin))
		}
	}
	if r := runTry(t, "", "-z", "gzip"); r.status != 0 || gunzip(t, r.stdout) != "" || r.stdout == "" {
		t.Errorf("of nothing: status %d, %q; want a stream of nothing", r.status, r.stdout)
	}
	devFull(t)
	for _, z := range []string{"gzip", "zstd", "s2"} {
		for _, in := range []string{"", stdin} {
			r := new(try).run1(t, edges{stdin: in, out: devFull(t)}, "-z", z)
			if r.status != 74 || r.stderr != "try: write standard output: no space left on device\n" {
				t.Errorf("%s of %d bytes into a full disk: status %d, %q", z, len(in), r.status, r.stderr)
			}
		}
	}
}

// A lost reader ends the run as SIGPIPE does, quietly, compressed or not.
func TestReaderGone(t *testing.T) {
	for _, args := range [][]string{nil, {"-z", "gzip"}, {"-z", "zstd"}, {"-z", "s2"}} {
		for _, n := range []int{0, 1, 200_000} {
			r, w := pipe(t)
			r.Close()
			got := new(try).run1(t, edges{stdin: strings.Repeat("1\n", n), out: w}, args...)
			if n == 0 && args == nil { // nothing was written, and nobody missed it
				if got.status != 0 || got.sig != 0 {
					t.Errorf("no output: status %d, %v; want 0", got.status, got.sig)
				}
				continue
			}
			if got.sig != syscall.SIGPIPE || got.stderr != "" {
				t.Errorf("%q, %d records: status %d, signal %v, %q; want SIGPIPE", args, n, got.status, got.sig, got.stderr)
			}
		}
	}
}

// What is written to standard output and to the rejects is there when the input
// pauses, without a flag.
func TestIdle(t *testing.T) {
	inR, inW := pipe(t)
	outR, outW := pipe(t)
	rejects := path(t, "")
	done := make(chan result, 1)
	go func() { done <- new(try).run1(t, edges{in: inR, out: outW}, "-q", "--rejects", rejects) }()
	inW.WriteString("x\n1\n")
	buf := make([]byte, 10)
	n, err := outR.Read(buf)
	if string(buf[:n]) != "1\n" || err != nil {
		t.Errorf("read %q, %v; want the record", buf[:n], err)
	}
	inW.WriteString("y\n2\n") // the rejects are flushed after the output, before the input is read on
	if n, err = outR.Read(buf); string(buf[:n]) != "2\n" || err != nil || !strings.Contains(text(rejects), `"raw":"x"`) {
		t.Errorf("read %q, %v; rejects %q; want the record and x", buf[:n], err, text(rejects))
	}
	inW.Close()
	if r := <-done; r.status != 5 || strings.Count(text(rejects), "\n") != 2 {
		t.Errorf("status %d, rejects %q; want 5, two", r.status, text(rejects))
	}
}

func TestMain(m *testing.M) {
	if os.Getenv(helperVariable) != "" {
		helper()
	}
	os.Exit(m.Run())
}
