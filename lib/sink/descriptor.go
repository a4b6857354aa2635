package sink

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// descriptor is the number of the open descriptor that a path names.
func descriptor(path string) (fd int, ok bool) {
	switch path {
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/"} {
		if name, found := strings.CutPrefix(path, dir); found {
			fd, err := strconv.Atoi(name)
			return fd, err == nil && fd >= 0
		}
	}
	return 0, false
}

// openDescriptor writes to what a descriptor leads to, whatever it is. Whoever
// opened it decided that: a log that others append to must not be replaced by a
// new file of its name.
func (d *file) openDescriptor(fd int) error {
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return fmt.Errorf("descriptor %d is not open: %w", fd, err)
	}
	d.direct = true
	d.f = os.NewFile(uintptr(copied), d.path)
	return nil
}
