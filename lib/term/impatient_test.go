package term

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Nobody reads: after one wait nothing waits any more, and what was lost is told
// once there is room.
func TestImpatient(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fd := int(w.Fd()) // once: it makes the descriptor a blocking one
	unix.SetNonblock(fd, true)
	filled := 0
	for {
		n, err := unix.Write(fd, make([]byte, 4096))
		if err != nil {
			break
		}
		filled += n
	}
	unix.SetNonblock(fd, false)
	v := New(w, "tool")
	v.Impatient(10 * time.Millisecond)
	said := make(chan struct{})
	go func() {
		defer close(said)
		for range 1000 {
			v.Say("%s", strings.Repeat("x", 2000))
		}
	}()
	select {
	case <-said:
	case <-time.After(20 * time.Second):
		t.Fatal("a thousand words took 20 s; want one wait of 10 ms")
	}
	if _, err := io.ReadFull(r, make([]byte, filled)); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("y", 2000)
	v.Say("%s", long)
	v.Say("again")
	w.Close()
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	want := "tool: 1000 messages were lost here: nobody read them\ntool: " + long + "\ntool: again\n"
	if !bytes.Equal(rest, []byte(want)) {
		t.Errorf("said %q; want %q", rest, want)
	}
}
