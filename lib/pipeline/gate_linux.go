package pipeline

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/stdio"
)

// newPipe makes a pipe of about size bytes, or of the system's own size for 0,
// whose ends no program inherits that is not given them.
func newPipe(size int) (r, w *os.File, err error) {
	// os.Pipe would make both ends non-blocking, for the stages too.
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, os.NewSyscallError("pipe", err)
	}
	r, w = os.NewFile(uintptr(fds[0]), "pipe"), os.NewFile(uintptr(fds[1]), "pipe")
	if size > 0 {
		if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, size); err != nil {
			stdio.GrowPipe(w, size)
		}
	}
	return r, w, nil
}

// newStash puts a descriptor into a stash.
func newStash(f *os.File) (*stash, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	defer unix.Close(pair[0])
	s := &stash{os.NewFile(uintptr(pair[1]), "stash")}
	if err := unix.Sendmsg(pair[0], []byte{0}, unix.UnixRights(int(f.Fd())), nil, 0); err != nil {
		s.socket.Close()
		return nil, os.NewSyscallError("sendmsg", err)
	}
	return s, nil
}

// take takes the descriptor out.
func (s *stash) take() (*os.File, error) {
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(int(s.socket.Fd()), make([]byte, 1), control, unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("recvmsg", err)
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil || len(messages) != 1 {
		return nil, fmt.Errorf("a stash holds %d messages (%w)", len(messages), err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return nil, fmt.Errorf("a stash holds %d descriptors (%w)", len(fds), err)
	}
	return os.NewFile(uintptr(fds[0]), "gate"), nil
}

// open opens the gate: from now on the reader sees the end of the pipe when the
// writer has closed it. What it has not read yet can still be asked for, through
// a descriptor to read from; now that the writer has ended, that keeps nobody
// from learning that its reader is gone.
func (p *Pipe) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gate == nil {
		return
	}
	path := procFolder + "/self/fd/" + strconv.Itoa(int(p.gate.Fd()))
	if fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err == nil {
		p.rest = os.NewFile(uintptr(fd), "pipe")
	}
	p.release()
}

// abandon leaves the pipe to the stages.
func (p *Pipe) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gate != nil {
		p.release()
	}
	p.closeRest()
}

// release closes both descriptors of the gate.
func (p *Pipe) release() {
	if p.stash != nil {
		if f, err := p.stash.take(); err == nil {
			f.Close()
		}
		p.stash.socket.Close()
		p.stash = nil
	}
	p.gate.Close()
	p.gate = nil
}

// close closes what is left, when the reader has ended.
func (p *Pipe) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closeRest()
}

func (p *Pipe) closeRest() {
	if p.rest != nil {
		p.rest.Close()
		p.rest = nil
	}
}

// held says whether the gate is still closed.
func (p *Pipe) held() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gate != nil
}

// unread is how many bytes wait in the pipe, -1 when nobody can know any more.
func (p *Pipe) unread() int64 {
	n := int64(-1)
	p.Look(func(fd int) {
		if queued, err := unix.IoctlGetInt(fd, unix.TIOCINQ); err == nil {
			n = int64(queued)
		}
	})
	return n
}

// broken says whether nobody can read from the pipe any more, as long as its
// gate is closed.
func (p *Pipe) broken() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gate != nil && readerless(int(p.gate.Fd()))
}

// readerless says whether a descriptor that a pipe is written to has no reader.
func readerless(fd int) bool {
	polled := []unix.PollFd{{Fd: int32(fd)}}
	for {
		_, err := unix.Poll(polled, 0)
		if err != unix.EINTR {
			return err == nil && polled[0].Revents&unix.POLLERR != 0
		}
	}
}
