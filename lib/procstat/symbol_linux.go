package procstat

import "bytes"

// symbolOf sorts a thread by the function of the kernel that it sleeps in, as
// wchan names it. The names are no interface and change: "pipe_read" became
// "anon_pipe_read" in Linux 6.14, and splice waits in "pipe_wait_readable".
func symbolOf(name []byte) wait {
	has := func(part string) bool { return bytes.Contains(name, []byte(part)) }
	switch {
	case len(name) == 0 || name[0] == '0':
		return unknown // it runs, or the system hides it
	case has("pipe_read"), has("pipe_wait_readable"), has("n_tty_read"):
		return reads
	case has("pipe_write"), has("pipe_wait_writable"):
		return writes
	case has("poll"), has("select"):
		return polls
	case has("futex"):
		return locks
	case has("nanosleep"):
		return sleeps
	case bytes.HasPrefix(name, []byte("do_wait")), bytes.HasPrefix(name, []byte("kernel_wait")):
		return children
	case has("sk_wait"), has("skb_wait"), has("inet_"), has("unix_stream"):
		return network
	case has("folio_"), has("page_"), has("io_schedule"), has("balance_dirty"):
		return disk
	}
	return other
}
