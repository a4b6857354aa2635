package procstat

import (
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A folder is an open folder of /proc. It stays that of its process: when the
// number is given to another one, everything in the folder is gone. The calls
// are made by hand because the wrappers copy each name to the heap, and a look
// that leaves garbage behind is one that the collector has to follow.
type folder int

// path is the beginning of a name that is put together, with room for all that
// there are.
type path [64]byte

// name is "part", or "task/TID/part", or "fd/N", with the NUL that the kernel
// wants.
func (p *path) name(folder string, number int, part string) []byte {
	b := append(p[:0], folder...)
	if folder != "" {
		b = append(strconv.AppendInt(append(b, '/'), int64(number), 10), '/')
		if part == "" {
			b = b[:len(b)-1]
		}
	}
	return append(append(b, part...), 0)
}

// openFolder opens /proc/PID, or answers -1.
func openFolder(pid int) folder {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return folder(fd)
}

func (f folder) close() { unix.Close(int(f)) }

func (f folder) open(name []byte, flags uintptr) (int, unix.Errno) {
	for {
		fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, uintptr(f), uintptr(unsafe.Pointer(&name[0])), flags|unix.O_CLOEXEC, 0, 0, 0)
		if errno != unix.EINTR {
			return int(fd), errno
		}
	}
}

// read reads a file, as much of it as buf holds. Those that are read here are
// made at once, so one read is enough.
func (f folder) read(name, buf []byte) ([]byte, unix.Errno) {
	fd, errno := f.open(name, unix.O_RDONLY)
	if errno != 0 {
		return nil, errno
	}
	defer unix.Close(fd)
	n, err := unix.Read(fd, buf)
	if err != nil {
		errno, _ = err.(unix.Errno)
		return nil, errno
	}
	return buf[:n], 0
}

// link reads where a link leads.
func (f folder) link(name, buf []byte) []byte {
	n, _, errno := unix.Syscall6(unix.SYS_READLINKAT, uintptr(f), uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0)
	if errno != 0 {
		return nil
	}
	return buf[:n]
}

// numbers appends to list the entries of a folder in f that are numbers, up to
// the capacity of list.
func (f folder) numbers(name, buf []byte, list []int) []int {
	fd, errno := f.open(name, unix.O_RDONLY|unix.O_DIRECTORY)
	if errno != 0 {
		return list
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Getdents(fd, buf)
		if err != nil || n <= 0 {
			return list
		}
		// linux_dirent64: inode 8, offset 8, length 2, type 1, name
		for entry := buf[:n]; len(entry) > 19; {
			length := int(entry[16]) | int(entry[17])<<8
			if length > len(entry) || length < 19 {
				return list
			}
			if number, ok := parseInt(entry[19:length]); ok && len(list) < cap(list) {
				list = append(list, int(number))
			}
			entry = entry[length:]
		}
	}
}

// parseInt reads the decimal digits that b begins with.
func parseInt(b []byte) (n int64, ok bool) {
	for i, c := range b {
		if c < '0' || c > '9' {
			return n, i > 0
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(b) > 0
}

// fields calls each with the words of a text, which are parted by white space,
// and their places.
func fields(text []byte, each func(i int, word []byte)) {
	for i, at := 0, 0; at < len(text); i++ {
		for at < len(text) && text[at] <= ' ' {
			at++
		}
		begin := at
		for at < len(text) && text[at] > ' ' {
			at++
		}
		if at > begin {
			each(i, text[begin:at])
		}
	}
}
