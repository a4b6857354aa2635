package procstat

import "golang.org/x/sys/unix"

// LevelOf looks at a pipe. The descriptor must be an end that can be written to:
// of the other one nobody can tell whether the pipe is full. An unknown level is
// the answer for what is no pipe.
func LevelOf(fd int) Level {
	queued, err := unix.IoctlGetInt(fd, unix.TIOCINQ) // FIONREAD by its older name
	if err != nil {
		return Level{}
	}
	size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return Level{}
	}
	fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		_, err = unix.Poll(fds[:], 0)
		if err != unix.EINTR {
			break
		}
	}
	full := err == nil && fds[0].Revents&unix.POLLOUT == 0 && queued > 0
	return Level{Known: true, Queued: queued, Size: size, Full: full}
}

// PipeInode is the inode of the pipe that a descriptor is an end of, 0 for what
// is no pipe.
func PipeInode(fd int) uint64 {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return 0
	}
	return st.Ino
}
