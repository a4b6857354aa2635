package stdio

import (
	"io"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// overRead is how far behind its end a section is read at once, to spare a call
// for the end of what begins in it. Beyond that reads double.
const overRead = 4 << 10

// A Section is a part of a regular file that another goroutine may read than the
// one that reads In, and as many of them at the same time as there are. Each is
// for one goroutine. Reading goes on behind the end, for what begins before it.
type Section struct {
	in       *In
	at       int64 // what comes next
	from, to int64 // what In counts as read here
	behind   int   // how much to read behind the end
	closed   bool
}

// Left is how many bytes a regular file has from where it is read on, 0 for
// anything else.
func Left(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	at, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return max(0, info.Size()-at)
}

// Section takes the next n bytes of a regular file, behind which In goes on, or,
// if n is negative, all that there will be. Reading begins lead bytes before
// them. The file stays open until In and all sections are closed.
//
// Its errors are those of Read; that there are as many bytes is for the caller
// to know.
func (in *In) Section(n, lead int64) (*Section, error) {
	if in.waker.Stopped() {
		return nil, ErrStopped
	}
	if err := in.lookAtTimes(); err != nil {
		return nil, err
	}
	at, err := unix.Seek(in.fd, max(0, n), io.SeekCurrent)
	if err != nil {
		return nil, &Error{"seek", in.name, err}
	}
	s := &Section{in: in, from: at - max(0, n), to: at, behind: overRead}
	if n < 0 {
		s.to = math.MaxInt64
	}
	s.at = s.from - lead
	if in.users.Add(1) == 2 {
		in.inMemory = isInMemory(in.fd)
	}
	return s, nil
}

// Read reads what comes next, also behind the end. Its errors are io.EOF, for
// the end of the file, ErrStopped and an *Error.
func (s *Section) Read(p []byte) (int, error) {
	if left := s.to - s.at; left < int64(len(p)) {
		if left <= 0 {
			p = p[:min(len(p), s.behind)]
			s.behind *= 2
		} else {
			p = p[:min(int64(len(p)), left+overRead)]
		}
	}
	for {
		if s.in.waker.Stopped() {
			return 0, ErrStopped
		}
		n, err := s.readOnce(p)
		switch {
		case n > 0:
			s.count(int64(n))
			return n, nil
		case err == nil && len(p) == 0:
			return 0, nil
		case err == nil:
			s.count(0)
			return 0, io.EOF
		case err != unix.EINTR:
			return 0, &Error{"read", s.in.name, err}
		}
	}
}

// readOnce reads what is in memory already, without the runtime's help: that takes
// a system call of more than 20 microseconds, which copying 256 KiB is, for one
// that waits, looks for other work, and finds none on cores that are all busy.
// Two goroutines that read so are an eighth faster (measured). What is not in
// memory is waited for in the usual way.
func (s *Section) readOnce(p []byte) (int, error) {
	n, err := readCached(s.in.fd, p, s.at, s.in.inMemory)
	if err != unix.EAGAIN && err != unix.EOPNOTSUPP && err != unix.ENOSYS && err != unix.EINVAL {
		return n, err
	}
	n, blocked, err := timed(func() (int, error) { return unix.Pread(s.in.fd, p, s.at) })
	s.in.blocked.Add(int64(blocked))
	return n, err
}

// count notes that n bytes were read. Of the last section, In goes on behind
// them.
func (s *Section) count(n int64) {
	next := s.at + n
	if of := min(next, s.to) - max(s.at, s.from); of > 0 {
		s.in.bytes.Add(of)
	}
	s.at = next
	if n == 0 && s.to == math.MaxInt64 {
		unix.Seek(s.in.fd, s.at, io.SeekStart) // for whoever shares the file; if it fails nothing is lost
	}
}

// Close ends the section.
func (s *Section) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return s.in.release()
}
