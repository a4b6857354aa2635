package procstat

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A pipe is full when it takes no more, however few bytes that are.
func TestLevel(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	in, out := int(r.Fd()), int(w.Fd())
	if l := LevelOf(out); !l.Known || !l.Empty() || l.Full || l.Size != 64<<10 && l.Size != 4<<10 || l.Share() != 0 {
		t.Errorf("empty: %+v", l)
	}
	unix.SetNonblock(out, true)
	for err == nil { // each takes a page of its own
		_, err = unix.Write(out, make([]byte, 3000))
	}
	l := LevelOf(out)
	if !l.Full || l.Share() != 1 || l.Queued >= l.Size || l.Empty() {
		t.Errorf("full: %+v", l)
	}
	if other := LevelOf(in); other.Queued != l.Queued || other.Full || other.Share() >= 1 || other.Share() < .5 {
		t.Errorf("seen from the reader: %+v", other)
	}
	if PipeInode(in) == 0 || PipeInode(in) != PipeInode(out) {
		t.Errorf("inodes %d and %d", PipeInode(in), PipeInode(out))
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if l := LevelOf(int(null.Fd())); l.Known || l.Empty() || PipeInode(int(null.Fd())) != 0 {
		t.Errorf("no pipe: %+v", l)
	}
	if n := testing.AllocsPerRun(100, func() { LevelOf(out) }); n > 0 {
		t.Errorf("%v allocations; want none", n)
	}
}

func TestDelay(t *testing.T) {
	for _, c := range []struct {
		queued int
		rate   float64
		want   time.Duration
		ok     bool
	}{
		{1 << 20, 1 << 20, time.Second, true},
		{64 << 10, 100 << 20, 625 * time.Microsecond, true},
		{0, 0, 0, true},
		{1, 0, 0, false},
		{1, 1e-12, 0, false},
	} {
		if got, ok := Delay(c.queued, c.rate); got != c.want || ok != c.ok {
			t.Errorf("%d at %v/s: %v, %v; want %v, %v", c.queued, c.rate, got, ok, c.want, c.ok)
		}
	}
}

// What can't be seen is decided by the levels.
func TestBallotHidden(t *testing.T) {
	full, empty, half := Level{Known: true, Queued: 9, Size: 10, Full: true}, Level{Known: true, Size: 10}, Level{Known: true, Queued: 5, Size: 10}
	for _, c := range []struct {
		name    string
		in, out Level
		votes   []wait
		want    State
		cause   Cause
	}{
		{"hidden, full output", half, full, []wait{unknown}, Blocked, Unknown},
		{"hidden, empty input", empty, half, []wait{unknown}, Starved, Unknown},
		{"hidden, neither", half, half, []wait{unknown}, Waiting, Unknown},
		{"hidden, both", empty, full, []wait{unknown}, Blocked, Unknown},
		{"poll, empty input", empty, empty, []wait{locks, polls, locks}, Starved, Unknown},
		{"poll, neither", half, half, []wait{locks, polls}, Waiting, Poll},
		{"poll, no pipes", Level{}, Level{}, []wait{polls}, Waiting, Poll},
		{"locks, neither", half, half, []wait{locks, locks}, Waiting, Lock},
		{"a socket, empty input", empty, empty, []wait{network, locks}, Waiting, Network},
		{"a disk", half, half, []wait{disk}, Waiting, Disk},
		{"something else", half, half, []wait{other}, Waiting, Unknown},
		{"one runs", empty, full, []wait{unknown, runs}, Running, Unknown},
	} {
		b := ballot{in: c.in, out: c.out}
		for _, w := range c.votes {
			b.votes[w]++
		}
		if got, cause := b.result(1); got != c.want || cause != c.cause {
			t.Errorf("%s: %v for %v; want %v for %v", c.name, got, cause, c.want, c.cause)
		}
	}
}

// The names of the kernel's functions as they were and are.
func TestSymbols(t *testing.T) {
	for name, want := range map[string]wait{
		"anon_pipe_read": reads, "pipe_read": reads, "pipe_wait_readable": reads,
		"anon_pipe_write": writes, "pipe_write": writes, "pipe_wait_writable": writes,
		"do_poll.constprop.0": polls, "poll_schedule_timeout.constprop.0": polls, "ep_poll": polls, "do_epoll_wait": polls, "do_select": polls,
		"futex_do_wait": locks, "futex_wait_queue": locks, "hrtimer_nanosleep": sleeps, "do_wait": children,
		"sk_wait_data": network, "unix_stream_read_generic": network, "folio_wait_bit_common": disk, "io_schedule": disk,
		"0": unknown, "": unknown, "rpc_wait_bit_killable": other,
	} {
		if got := symbolOf([]byte(name)); got != want {
			t.Errorf("%s: %d; want %d", name, got, want)
		}
	}
}
