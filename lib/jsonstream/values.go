package jsonstream

import "io"

// Values reads one value after the other. It is for one goroutine.
type Values struct{ reader }

// Why says what is wrong with the record that Scan found although it may be JSON,
// and is empty otherwise: in a sequence a text has a separator before it, and a
// number or a word has white space behind it.
func (v *Values) Why() string { return v.why }

// NewValues makes a reader of values of at most max bytes each; a longer one is a
// record with an error. Reset gives it a source.
func NewValues(max int64, framing Framing) *Values {
	v := &Values{reader{framing: framing, longest: int(max)}}
	v.most = int(max)
	v.Reset(nothing{})
	return v
}

// Reset reads from another source, as if it followed the one before: ordinals go
// on, lines and offsets begin anew. A value does not go on in the next source.
func (v *Values) Reset(src io.Reader) { v.reset(src); v.ended, v.led = 0, false }

// Scan goes to the next record, and says whether there is one. It is a value, or
// what stands between a fault and the place where reading goes on.
func (v *Values) Scan() bool {
	v.state, v.objects = wantValue, v.objects[:0]
	if _, ok := v.space(); !ok {
		return false
	}
	v.begin()
	v.why = ""
	for {
		kind, _ := v.reader.next()
		if kind == noToken {
			if v.cut() {
				return false
			}
			v.skip()
			break
		}
		if !v.inside() {
			break
		}
	}
	v.take()
	return true
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }
