package stdio

import "golang.org/x/sys/unix"

const canSplice = true

// spliceNowait is splice(2) that answers EAGAIN instead of waiting for either
// pipe, so that the caller can tell which one it waits for.
func spliceNowait(in, out, limit int) (int, error) {
	n, err := unix.Splice(in, nil, out, nil, limit, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
	return int(n), err
}
