package filter

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/tool"
)

// try is a small filter: it passes on what is JSON, and rejects the rest and
// what holds the word "fail".
type try struct {
	Common
	Records
	compress codec.Spec
	begun    func(*tool.Env, *Life) // called before the work
	each     func(*Life)            // called after each record
}

func (f *try) run(env *tool.Env) error {
	life, err := f.Begin(env, Uses{Input: true, Output: true, Compress: f.compress})
	if err != nil {
		return err
	}
	if f.begun != nil {
		f.begun(env, life)
	}
	return life.End(f.work(life, env.Args))
}

func (f *try) work(life *Life, files []string) error {
	judge, err := f.Judge(life)
	if err != nil {
		return err
	}
	in := life.Inputs(files, int64(f.MaxRecord))
	for err == nil && in.Scan() {
		life.Meter.RecordsIn.Add(1)
		rec := in.Record()
		switch bad := jsonscan.Valid(rec.Data); {
		case rec.Err != nil:
			err = judge.Reject(rec, Fault{Input: in.Name(), Reason: rec.Err.Error(), At: -1})
		case bad != nil:
			err = judge.Reject(rec, Fault{Input: in.Name(), Reason: bad.Reason, At: bad.Offset})
		case bytes.Contains(rec.Data, []byte("fail")):
			err = judge.Reject(rec, Fault{Input: in.Name(), Reason: "it failed", At: -1, Emitted: 1, Hint: "do not"})
		default:
			err = life.Out.Commit(append(append(life.Out.Room(), rec.Data...), '\n'))
			life.Meter.RecordsOut.Add(1)
		}
		if f.each != nil {
			f.each(life)
		}
	}
	return errors.Join(err, in.Err(), judge.End(in.Ordinal()))
}

// edges are the standard files of a run; nil ones are made.
type edges struct {
	stdin          string
	in, out, words *os.File
}

type result struct {
	stdout, stderr string
	status         int
	sig            syscall.Signal
}

// run runs f in this process.
func (f *try) run1(t *testing.T, e edges, args ...string) (r result) {
	t.Helper()
	f.Common, f.Records = NewCommon(), NewRecords()
	c := &tool.Command{
		Name: "try", Synopsis: []string{"[options] [FILE ...]"}, Operands: [2]int{0, -1}, Settle: true,
		Options: append(append(f.Common.Options(), f.Records.Options()...), CompressOption(&f.compress)),
		Run:     f.run,
	}
	if e.in == nil {
		e.in = temp(t, e.stdin)
	}
	if e.out == nil {
		e.out = temp(t, "")
	}
	if e.words == nil {
		e.words = temp(t, "")
	}
	r.status, r.sig = tool.Run(c, append([]string{"try"}, args...), e.in, e.out, e.words)
	r.stdout, r.stderr = text(e.out.Name()), text(e.words.Name())
	return r
}

func runTry(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return new(try).run1(t, edges{stdin: stdin}, args...)
}

// temp is an open file that holds text.
func temp(t *testing.T, text string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path(t, text), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// path is the name of a file that holds text.
func path(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// text is what a file holds, nothing for what is no file (/dev/full has no end).
func text(name string) string {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	b, _ := os.ReadFile(name)
	return string(b)
}

func devFull(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

func gunzip(t *testing.T, text string) string {
	t.Helper()
	b, err := io.ReadAll(codec.NewReader(bytes.NewReader([]byte(text))))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
