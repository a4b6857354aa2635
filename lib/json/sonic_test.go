package json

import (
	"encoding/json"
	"testing"

	"github.com/bytedance/sonic"
	"github.com/bytedance/sonic/ast"
)

// sonic is the fast decoder that this package is measured against, and a second
// opinion on what it decodes. It is no part of the binaries: it takes text that
// is not JSON (a raw tab in a string, "\x", broken UTF-8), needs our validator
// before it, starts 3 to 5 ms later, and on records it does not win.

// TestSonicAgrees compares values on records that both take.
func TestSonicAgrees(t *testing.T) {
	for _, record := range []string{
		event, article, `null`, `[]`, `{}`, `[1,-0.5,1e300,123456789012]`, `"a\u00e9\ud83d\ude00\n\\"`,
		`{"a":{"b":[true,false,null,"x"]},"é":"\u0000"}`, `[[[[]]],{"":""}]`,
	} {
		v, bad := Decode([]byte(record))
		if bad != nil {
			t.Errorf("%s: %v", record, bad)
			continue
		}
		var ours, theirs any
		if err := json.Unmarshal(Append(nil, v), &ours); err != nil {
			t.Errorf("%s: we print %s: %v", record, Append(nil, v), err)
		}
		if err := sonic.UnmarshalString(record, &theirs); err != nil {
			t.Errorf("%s: sonic: %v", record, err)
		}
		a, _ := json.Marshal(ours)
		b, _ := json.Marshal(theirs)
		if string(a) != string(b) {
			t.Errorf("%s: got %s; sonic has %s", record, a, b)
		}
	}
}

// BenchmarkSonic is Decode's peer: sonic's walk over a record in order, which
// builds nothing.
func BenchmarkSonic(b *testing.B) {
	for _, bb := range []struct{ name, record string }{{"event", event}, {"article", article}} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.record)))
			b.ReportAllocs()
			for b.Loop() {
				if err := ast.Preorder(bb.record, silent{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// silent is an ast.Visitor that hears everything and keeps nothing.
type silent struct{}

func (silent) OnNull() error                        { return nil }
func (silent) OnBool(bool) error                    { return nil }
func (silent) OnString(string) error                { return nil }
func (silent) OnInt64(int64, json.Number) error     { return nil }
func (silent) OnFloat64(float64, json.Number) error { return nil }
func (silent) OnObjectBegin(int) error              { return nil }
func (silent) OnObjectKey(string) error             { return nil }
func (silent) OnObjectEnd() error                   { return nil }
func (silent) OnArrayBegin(int) error               { return nil }
func (silent) OnArrayEnd() error                    { return nil }
