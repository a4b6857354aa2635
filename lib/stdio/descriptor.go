package stdio

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Descriptor is the number in the name of a file that stands for a descriptor to
// write to, as in fd:3. It is 0 where the name is that of a file, and -1 where it
// has that form and no such number.
func Descriptor(name string) int {
	number, is := strings.CutPrefix(name, "fd:")
	if !is {
		return 0
	}
	fd, err := strconv.Atoi(number)
	if err != nil || fd < 1 {
		return -1
	}
	return fd
}

// Inherited says whether the process was given the descriptor. One that closes on
// exec is our own.
func Inherited(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC == 0
}
