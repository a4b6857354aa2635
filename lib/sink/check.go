package sink

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"ndjsontools/lib/exit"
)

// Checks is what a destination also has for which opening and aborting it is not
// the best test, because that changes something or leaves too much open.
type Checks interface {
	// Check says whether deliveries would be taken, as far as that can be
	// known without one. It is called in place of Open, leaves nothing open,
	// and its errors are those of Open.
	Check(ctx context.Context) error
}

// Check tests a destination, which then can't be used.
func Check(ctx context.Context, dest Destination) error {
	var err error
	if own, ok := dest.(Checks); ok {
		err = own.Check(ctx)
	} else if err = dest.Open(ctx); err == nil {
		err = dest.Abort()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", dest.Name(), err)
	}
	return nil
}

// Check connects and asks for the URL's head, with all headers. That they are
// refused counts, and that the server can't answer; what else it says of HEAD
// says nothing of POST. A URL with fields of records in it is none yet: the head
// of the server's root is asked for.
func (d *web) Check(ctx context.Context) error {
	if err := d.Open(ctx); err != nil {
		return err
	}
	defer d.Abort()
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	ask, err := http.NewRequestWithContext(limited, http.MethodHead, d.url.String(), nil)
	if err != nil {
		return err
	}
	if d.target.leads() {
		ask.URL.Path, ask.URL.RawPath, ask.URL.RawQuery = "/", "", ""
	}
	ask.Host = d.Header.Get("Host")
	ask.Header.Set("User-Agent", "rate-sink")
	d.addHeaders(ask)
	answer, err := d.transport.RoundTrip(ask)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case Distrusted(err):
		return exit.With(exit.Refused, err)
	case err != nil:
		return exit.With(exit.Unreachable, err)
	}
	err = statusError(answer)
	switch status := answer.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return exit.With(exit.Refused, err)
	case status >= 500 && status != http.StatusNotImplemented:
		return exit.With(exit.Unreachable, err)
	}
	return nil
}

// Check makes the temporary file and removes it. What is no regular file is not
// opened: for a FIFO that would be an end of input to its reader.
func (d *file) Check(ctx context.Context) error {
	if fd, ok := descriptor(d.path); ok {
		_, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		return exit.With(exit.IO, err)
	}
	if special(d.path) {
		return exit.With(exit.IO, unix.Access(d.path, unix.W_OK))
	}
	if err := d.Open(ctx); err != nil {
		return err
	}
	return d.Abort()
}

// Check opens the file if it is there, and leaves it as it is. Otherwise it makes
// and removes a file in its folder.
func (d *appending) Check(context.Context) error {
	if special(d.path) {
		return exit.With(exit.IO, unix.Access(d.path, unix.W_OK))
	}
	f, err := os.OpenFile(d.path, os.O_RDWR|os.O_APPEND, 0)
	if os.IsNotExist(err) {
		if f, err = os.CreateTemp(filepath.Dir(d.path), ".check.*.part"); err == nil {
			defer os.Remove(f.Name())
		}
	}
	if err == nil {
		err = refuseCompressed(f)
		if closed := f.Close(); err == nil {
			err = closed
		}
	}
	return exit.With(exit.IO, err)
}

// special says whether there is something that is neither file nor folder.
func special(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeDevice|fs.ModeSocket) != 0
}
