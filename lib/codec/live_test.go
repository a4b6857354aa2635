package codec

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"
)

// TestLive: everything that was flushed into the input is read before the
// reader waits for more. A reader that waits too early leaves every goroutine
// of the bubble blocked, which synctest reports.
func TestLive(t *testing.T) {
	for _, spec := range append(specs(), Spec{}) {
		for _, members := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) { live(t, spec, members) })
		}
	}
}

func live(t *testing.T, spec Spec, members bool) {
	in, out := io.Pipe()
	read := make(chan int, 1<<20) // never full
	lines := [][]byte{[]byte("{\"a\":1}\n"), records(100_000), []byte("\n"), []byte("[2]\n")}
	go func() {
		defer out.Close()
		w, err := NewWriter(out, spec)
		for _, line := range lines {
			if err == nil {
				_, err = w.Write(line)
			}
			if err == nil && members {
				if err = w.Close(); err == nil {
					w, err = NewWriter(out, spec)
				}
			} else if err == nil {
				err = w.Flush()
			}
			if err != nil {
				t.Errorf("%v: writing: %v", spec, err)
				return
			}
			for got := 0; got < len(line); {
				got += <-read
			}
		}
		if !members && spec.Format != Plain {
			if err := w.Close(); err != nil {
				t.Errorf("%v: Close: %v", spec, err)
			}
		}
	}()
	r := NewReader(in)
	var got []byte
	for buf := make([]byte, 50_000); ; {
		n, err := r.Read(buf)
		got = append(got, buf[:n]...)
		if n > 0 {
			read <- n
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Errorf("%v: %v", spec, err)
			break
		}
	}
	if want := bytes.Join(lines, nil); !bytes.Equal(got, want) {
		t.Errorf("%v: %d bytes; want the %d written", spec, len(got), len(want))
	}
}
