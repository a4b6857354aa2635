package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/stdio"
	"ndjsontools/lib/tool"
)

// TestBlockLost: of an input that can't be read on, what was read is put out, that
// is said once, and what others have made of the rest is left out.
func TestBlockLost(t *testing.T) {
	dir := t.TempDir()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	m := newMapper()
	mapBlocks := &tool.Command{Name: "ndjson-map", Run: func(env *tool.Env) error {
		life, err := m.Begin(env, filter.Uses{Output: true, Input: true})
		if err != nil {
			return err
		}
		c := &crew{to: newOutside(life, nil, env.Stderr, false)}
		c.reads.in = m.lineInputs(life, nil)
		for _, b := range []*block{
			{nth: 1, name: "one", out: []byte("1\n"), tally: tally{read: 1, out: 1}, chunk: broken("1\n2")},
			{nth: 1, name: "one", out: []byte("3\n"), tally: tally{read: 1, out: 1}, err: exit.Reported(exit.Input)},
			{nth: 1, name: "one", chunk: broken("4")},
			{nth: 2, name: "two", out: []byte("5\n"), tally: tally{read: 1, out: 1}},
		} {
			if err := c.close(b); err != nil {
				t.Errorf("%s: got %v; want that it goes on", b.name, err)
			}
		}
		if c.total.read != 2 {
			t.Errorf("%d records; want 2", c.total.read)
		}
		return life.End(nil)
	}}
	status, _ := tool.Run(mapBlocks, []string{"ndjson-map"}, open("in"), open("out"), open("words"))
	out, _ := os.ReadFile(filepath.Join(dir, "out"))
	words, _ := os.ReadFile(filepath.Join(dir, "words"))
	const want = "ndjson-map: read one: input/output error\nndjson-map: one: dropped the first 1 byte of a record that is cut off\n"
	if status != exit.IO || string(out) != "1\n5\n" || string(words) != want {
		t.Errorf("got status %d, %q\n%s\nwant %d, 1 and 5\n%s", status, out, words, exit.IO, want)
	}
}

// broken is a section that can't be read behind text, and was read so far.
func broken(text string) (c ndjson.Chunk) {
	r := ndjson.NewReader(bytes.NewReader(nil), ndjson.Options{})
	r.SectionChunk(&c, &brokenSection{strings.NewReader(text)}, 0, 1000)
	for c.Scan() {
	}
	return c
}

type brokenSection struct{ io.Reader }

func (b *brokenSection) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = &stdio.Error{Op: "read", Name: "one", Err: syscall.EIO}
	}
	return n, err
}

func (b *brokenSection) Close() error { return nil }
