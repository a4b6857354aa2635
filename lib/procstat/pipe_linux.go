package procstat

import "golang.org/x/sys/unix"

// LevelOf looks at a pipe, through a descriptor of either end. Whether it takes
// more only the end to write to can tell; seen from the other one it is full when
// it holds as many bytes as it could. An unknown level is the answer for what is
// no pipe.
func LevelOf(fd int) Level {
	queued, err := unix.IoctlGetInt(fd, unix.TIOCINQ) // FIONREAD by its older name
	if err != nil {
		return Level{}
	}
	size, err := unix.FcntlInt(uintptr(fd), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return Level{}
	}
	l := Level{Known: true, Queued: queued, Size: size, Full: queued >= size}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE == unix.O_RDONLY {
		return l
	}
	fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		if _, err = unix.Poll(fds[:], 0); err != unix.EINTR {
			break
		}
	}
	l.Full = err == nil && queued > 0 && fds[0].Revents&unix.POLLOUT == 0
	return l
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
