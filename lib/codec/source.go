package codec

import "io"

// source is the input of a Reader, with the bytes in front that sniffing took,
// and the memory of how it ended.
type source struct {
	r    io.Reader
	head []byte // taken while sniffing and still owed
	n    int64  // bytes taken from r
	err  error  // the error that r returned last
}

// maxEmpty is how many reads in a row may bring neither a byte nor an error,
// as in package bufio.
const maxEmpty = 100

// Read serves a decoder: the head, then r. After an error r is left alone, so
// that a terminal's end of input is not asked for twice.
func (s *source) Read(p []byte) (int, error) {
	if n := s.takeHead(p); n > 0 {
		return n, nil
	}
	if s.err != nil {
		return 0, s.err
	}
	return s.read(p)
}

// pass serves plain input: the head and the error that came with it, then r
// itself. It keeps no error: an input that returns one to wake its reader can
// be read again.
func (s *source) pass(p []byte) (int, error) {
	if n := s.takeHead(p); n > 0 {
		return n, nil
	}
	if s.err != nil {
		return s.taken(0)
	}
	return s.r.Read(p)
}

// taken returns n with the error that came with these bytes, and forgets the
// error unless it is the end of input.
func (s *source) taken(n int) (int, error) {
	err := s.err
	if err != io.EOF {
		s.err = nil
	}
	return n, err
}

// keep makes a copy of b the head.
func (s *source) keep(b []byte) { s.head = append([]byte(nil), b...) }

func (s *source) takeHead(p []byte) int {
	n := copy(p, s.head)
	if s.head = s.head[n:]; len(s.head) == 0 {
		s.head = nil
	}
	return n
}

// read reads from r until there is a byte or an error.
func (s *source) read(p []byte) (n int, err error) {
	for range maxEmpty {
		n, err = s.r.Read(p)
		s.n += int64(n)
		s.err = err
		if n > 0 || err != nil {
			return n, err
		}
	}
	s.err = io.ErrNoProgress
	return 0, s.err
}
