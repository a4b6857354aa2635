package filter

import (
	"fmt"
	"io"
	"os"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/term"
)

// A Framer finds records in a source, as an ndjson.Reader does: that is one, and
// where records are no lines there are others.
type Framer interface {
	Reset(src io.Reader)
	Scan() bool
	Record() *ndjson.Record
	Err() error
	Pending() int
}

// Inputs is the files that a record tool was told to read, or standard input
// if there are none, decompressed, as one stream of records.
type Inputs struct {
	*ndjson.Reader // nil where records are no lines
	framer         Framer
	life           *Life
	names          []string
	name           string
	in             *stdio.In
	ours           bool // in was opened here
	dec            *codec.Reader
	err            error

	sections bool  // files may be given out in sections
	nth      int   // inputs that were opened
	at, left int64 // of the present input: what was given out in sections, and not yet
}

// Inputs opens them one after the other, when each one's turn comes. One that
// can't be opened or read is reported; the others are still read, and End
// answers with status 74. "-" is standard input.
func (l *Life) Inputs(names []string, max int64) *Inputs {
	return l.LineInputs(names, ndjson.Options{Max: max})
}

// LineInputs is Inputs with a say in what a line is.
func (l *Life) LineInputs(names []string, opts ndjson.Options) *Inputs {
	opts.Buffer = InputBuffer
	lines := ndjson.NewReader(eof{}, opts)
	in := l.FramedInputs(names, lines)
	in.Reader = lines
	return in
}

// FramedInputs is Inputs for records that are no lines. The framer has no source
// yet.
func (l *Life) FramedInputs(names []string, framer Framer) *Inputs {
	if len(names) == 0 {
		names = []string{"-"}
	}
	return &Inputs{life: l, names: names, framer: framer}
}

// Record is the record that Scan found.
func (i *Inputs) Record() *ndjson.Record { return i.framer.Record() }

// Name is the input that the present record is from, as messages call it.
func (i *Inputs) Name() string { return i.name }

// Scan goes to the next record, over the ends of files.
func (i *Inputs) Scan() bool { return i.advance(i.framer.Scan) }

// ScanBlock goes to the next block of lines; see ndjson.Reader.
func (i *Inputs) ScanBlock(records, size int) bool {
	return i.advance(func() bool { return i.Reader.ScanBlock(records, size) })
}

// ScanChunk goes to the next chunk; see ndjson.Reader.
func (i *Inputs) ScanChunk(c *ndjson.Chunk) bool {
	return i.advance(func() bool {
		if i.at == 0 && i.left == 0 {
			return i.Reader.ScanChunk(c)
		}
		return i.sectionChunk(c)
	})
}

func (i *Inputs) advance(scan func() bool) bool {
	for !scan() {
		if i.fail(i.framer.Err()) || !i.open() {
			return false
		}
	}
	return true
}

// Err is what ended the stream before the end of the last input: a signal, or
// what an edge's wait answered. What was wrong with a single input is not here.
func (i *Inputs) Err() error { return i.err }

// fail sorts out what ended an input, and says whether it ends the stream.
func (i *Inputs) fail(err error) (over bool) {
	if err == nil || i.dec == nil {
		return false
	}
	if ioe, ok := err.(*stdio.Error); ok && ioe.Op == "read" {
		over = i.skip(err)
	} else if bad, ok := err.(*codec.InputError); ok {
		over = i.skip(&inputError{i.name, bad})
	} else {
		i.err = err
		return true
	}
	if over {
		return true
	}
	i.life.cutOff(i.name, i.framer.Pending())
	return false
}

// cutOff tells of a record whose end can't be read.
func (l *Life) cutOff(input string, read int) {
	if read > 0 {
		l.Term.Say("%s: dropped the first %s of a record that is cut off", input, term.Plural(int64(read), "byte", "bytes"))
	}
}

// open goes to the next input that can be opened.
func (i *Inputs) open() bool {
	if i.dec != nil {
		i.dec.Close()
		i.dec = nil
		if i.ours {
			i.in.Close()
		}
	}
	for len(i.names) > 0 {
		name := i.names[0]
		i.names = i.names[1:]
		if name == "-" {
			i.in, i.name, i.ours = i.life.Stdin(), "stdin", false
		} else {
			f, err := os.Open(name)
			if err != nil {
				if i.skip(exit.With(exit.IO, err)) {
					return false
				}
				continue
			}
			i.in, i.name, i.ours = i.life.open(f, name), name, true
		}
		if i.endless() {
			if i.ours {
				i.in.Close()
			}
			if i.skip(exit.With(exit.IO, fmt.Errorf("%s: the output is appended to it, so that it would never end", i.name))) {
				return false
			}
			continue
		}
		i.dec = codec.NewReader(i.in)
		i.framer.Reset(i.dec)
		i.nth++
		i.at, i.left = 0, 0
		if i.sections {
			i.left = i.divide()
		}
		return true
	}
	return false
}

// endless says whether the present input grows by what comes of it.
func (i *Inputs) endless() bool {
	return i.life.Out != nil && stdio.FeedsItself(i.in.File(), i.life.env.Stdout)
}

// skip settles what was read before and skips an input. It says whether that
// ends the stream.
func (i *Inputs) skip(err error) (over bool) {
	if i.life.Settle != nil {
		_, i.err = i.life.Settle(true)
	}
	if i.err == nil {
		i.life.skip(err)
	}
	return i.err != nil
}

// skip says what is wrong with an input that the others do not share, and
// keeps the worst of it for End.
func (l *Life) skip(err error) {
	l.Term.Say("%v", err)
	if l.skipped == nil || exit.Worse(exit.Status(err), exit.Status(l.skipped)) == exit.Status(err) {
		l.skipped = exit.Reported(exit.Status(err))
	}
}

// inputError names the input that a decoder's error is about.
type inputError struct {
	name string
	err  *codec.InputError
}

func (e *inputError) Error() string   { return e.name + ": " + e.err.Error() }
func (e *inputError) Unwrap() error   { return e.err }
func (e *inputError) ExitStatus() int { return e.err.ExitStatus() }

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
