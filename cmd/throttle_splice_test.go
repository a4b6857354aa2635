package cmd_test

import (
	"fmt"
	"io"
	"os"
	"testing"
)

// TestThrottleSplices: between pipes the bytes do not pass through the process,
// without a limit and with one in bytes. /proc counts what is read and written,
// and nothing of what is spliced.
func TestThrottleSplices(t *testing.T) {
	const size, most = 5 << 20, 1 << 20
	for _, args := range [][]string{nil, {"-r", "100MB/s"}} {
		r := startThrottle(t, args...)
		go func() {
			defer r.in.Close()
			r.in.Write(make([]byte, 2*size))
		}()
		if n, err := io.CopyN(io.Discard, r.out, size); err != nil {
			t.Fatalf("%q: %d bytes, %v", args, n, err)
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", r.Process.Pid))
		if err != nil {
			t.Skip(err)
		}
		var read int64
		if _, err := fmt.Sscanf(string(text), "rchar: %d", &read); err != nil || read > most {
			t.Errorf("%q: %d bytes were read by the process, %v; want at most %d of %d", args, read, err, most, size)
		}
		io.Copy(io.Discard, r.out)
		check(t, r.Wait())
	}
}
