package stdio

import "golang.org/x/sys/unix"

// TryWrite writes what the output takes at once, after what is buffered, and
// answers how many bytes that were; 0 without an error means that it takes
// nothing now. What is no longer than AtomicWrite goes to a pipe whole or not at
// all, so a caller that may drop what does not fit need not finish it.
//
// A pipe or a socket is never waited for. A terminal is, for what follows the
// first byte that it takes; a file takes everything.
func (o *Out) TryWrite(p []byte) (int, error) {
	if err := o.Flush(); err != nil || len(p) == 0 {
		return 0, err
	}
	n, err := o.tryOnce(p)
	switch err {
	case nil:
		o.bytes.Add(int64(n))
		return n, nil
	case unix.EAGAIN, unix.EINTR:
		return 0, nil
	}
	o.err = o.failure(err)
	return 0, o.err
}

// tryOnce writes what goes without waiting, or answers EAGAIN.
func (o *Out) tryOnce(p []byte) (int, error) {
	switch {
	case o.kind == kindFile:
		return o.timed(func() (int, error) { return unix.Write(o.fd, p) })
	case o.kind == kindSocket:
		return unix.SendmsgN(o.fd, p, nil, nil, unix.MSG_DONTWAIT)
	case o.nowait:
		n, err := writeNowait(o.fd, p)
		if err != unix.EOPNOTSUPP && err != unix.ENOSYS && err != unix.EINVAL {
			return n, err
		}
		o.nowait = false
	}
	// A pipe that poll says takes something has room for so much; the rest of p
	// would be waited for.
	if o.kind == kindPipe {
		p = p[:min(len(p), AtomicWrite)]
	}
	fds := [1]unix.PollFd{{Fd: int32(o.fd), Events: unix.POLLOUT}}
	if n, err := poll(fds[:], 0); n == 0 && err == nil {
		return 0, unix.EAGAIN
	}
	return o.timed(func() (int, error) { return unix.Write(o.fd, p) })
}
