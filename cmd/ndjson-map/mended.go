package main

import (
	"io"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/jsonscan"
)

// mended frames what is left of a source when its text is mended: what is not
// UTF-8 in it becomes U+FFFD before anybody looks at it. Places are those in the
// mended text.
type mended struct{ filter.Framer }

func (m mended) Reset(src io.Reader) { m.Framer.Reset(&mender{src: src}) }

// mendAtOnce is how much a mender reads at a time.
const mendAtOnce = 64 << 10

type mender struct {
	src  io.Reader
	in   []byte // read and not mended yet: a dozen bytes at most
	out  []byte // mended and not handed out yet
	room []byte // for out
	err  error
}

func (m *mender) Read(p []byte) (int, error) {
	for len(m.out) == 0 && m.err == nil {
		held := len(m.in)
		m.in = append(m.in, make([]byte, mendAtOnce)...)
		n, err := m.src.Read(m.in[held:])
		m.in, m.err = m.in[:held+n], err
		var took int
		m.room, took = jsonscan.Mend(m.room[:0], m.in, true, err != nil)
		m.out = m.room
		m.in = append(m.in[:0], m.in[took:]...)
	}
	if len(m.out) == 0 {
		return 0, m.err
	}
	n := copy(p, m.out)
	m.out = m.out[n:]
	return n, nil
}
