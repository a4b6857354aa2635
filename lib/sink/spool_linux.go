package sink

import (
	"os"

	"golang.org/x/sys/unix"
)

// spool returns a file without a name, in memory, that holds data and is read
// from its start.
func spool(data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("batch", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return fill(os.NewFile(uintptr(fd), "batch"), data)
}
