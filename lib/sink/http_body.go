package sink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"ndjsontools/lib/jsonscan"
)

// invalid names the records that are not JSON.
func invalid(b *Batch) (refused []Refusal) {
	i := 0
	for _, line := range b.All() {
		if bad := jsonscan.Valid(line); bad != nil {
			refused = append(refused, Refusal{Index: i, Reason: notJSON(bad)})
		}
		i++
	}
	return refused
}

func notJSON(err error) error { return fmt.Errorf("not JSON: %w", err) }

// actionSize is what the line before a record takes in most bulk bodies.
const actionSize = 64

// A body is memory for what is sent when that is not the batch as it is.
type body struct {
	form   []byte
	packed bytes.Buffer
}

// body is what is sent: the batch's own memory if that will do.
func (d *web) body(b *Batch, made *body) ([]byte, error) {
	data := b.Data
	switch {
	case d.bulk != nil:
		made.form = slices.Grow(made.form[:0], len(b.Data)+actionSize*b.Records)
		for _, line := range b.All() {
			made.form, _ = d.bulk.append(made.form, line) // refused has answered the error
		}
		data = made.form
	case d.Form == "array":
		made.form = append(slices.Grow(made.form[:0], len(b.Data)+1), '[')
		for _, line := range b.All() {
			made.form = append(append(made.form, line...), ',')
		}
		made.form[len(made.form)-1] = ']'
		data = made.form
	case d.Form == "single":
		data = data[:len(data)-1]
	}
	if d.encode == nil {
		return data, nil
	}
	made.packed.Reset()
	coder, err := d.encode(&made.packed, true)
	if err == nil {
		_, err = coder.Write(data)
	}
	if err == nil {
		err = coder.Close()
	}
	return made.packed.Bytes(), err
}

// A loan is a body whose memory can be taken back: the transport may go on
// reading a body after it has answered. It is no io.WriterTo for that reason.
type loan struct {
	mu    sync.Mutex
	data  []byte
	ended bool
}

func (l *loan) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ended:
		return 0, errors.New("the delivery is over")
	case len(l.data) == 0:
		return 0, io.EOF
	}
	n := copy(p, l.data)
	l.data = l.data[n:]
	return n, nil
}

func (l *loan) Close() error { return nil }

func (l *loan) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.data, l.ended = nil, true
}
