package tally

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Pen is a tool's side. It is for one goroutine.
type Pen struct {
	fd            int
	at            int64
	writes        uint64
	stdin, stdout uint64
	slot          [slotSize]byte
}

// join takes a slot of the board that the variable's text leads to, nil when
// there is none to be had.
func join(text string, stdin, stdout *os.File) *Pen {
	fd, inode, stage, ok := parse(text)
	if !ok || !isBoard(fd, inode, stage) {
		return nil
	}
	unix.CloseOnExec(fd)
	at, ok := take(fd, int64(headSize+stage*Slots*slotSize))
	if !ok {
		unix.Close(fd)
		return nil
	}
	return &Pen{fd: fd, at: at, stdin: pipeOf(stdin), stdout: pipeOf(stdout)}
}

// parse takes "version:descriptor:inode:stage" apart.
func parse(text string) (fd int, inode uint64, stage int, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 4 || parts[0] != strconv.Itoa(version) {
		return 0, 0, 0, false
	}
	fd, err1 := strconv.Atoi(parts[1])
	inode, err2 := strconv.ParseUint(parts[2], 10, 64)
	stage, err3 := strconv.Atoi(parts[3])
	return fd, inode, stage, err1 == nil && err2 == nil && err3 == nil && fd >= lowest && stage >= 0
}

// isBoard says whether a descriptor is the memfd that it should be, with room
// for the stage.
func isBoard(fd int, inode uint64, stage int) bool {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Ino != inode || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return false
	}
	if have, err := unix.FcntlInt(uintptr(fd), unix.F_GET_SEALS, 0); err != nil || have != seals {
		return false
	}
	var head [headSize]byte
	if n, err := unix.Pread(fd, head[:], 0); err != nil || n != headSize || string(head[:len(mark)]) != mark {
		return false
	}
	number := func(i int) int { return int(binary.LittleEndian.Uint32(head[len(mark)+4*i:])) }
	return number(0) == version && stage < number(1) && number(2) == Slots &&
		st.Size >= int64(headSize+number(1)*Slots*slotSize)
}

// take locks a slot of the stage whose slots begin at first: one that was never
// used, or else one whose tool has ended.
func take(fd int, first int64) (at int64, ok bool) {
	for _, fresh := range []bool{true, false} {
		for i := range int64(Slots) {
			at := first + i*slotSize
			lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: 0, Start: at, Len: slotSize}
			if unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &lock) != nil {
				continue
			}
			var used [8]byte
			if _, err := unix.Pread(fd, used[:], at); err == nil && !(fresh && used != [8]byte{}) {
				return at, true
			}
			lock.Type = unix.F_UNLCK
			_ = unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &lock) // what stays locked is ours, and is skipped next
		}
	}
	return 0, false
}

// pipeOf is the inode of a pipe, 0 for what is none.
func pipeOf(f *os.File) uint64 {
	var st unix.Stat_t
	if unix.Fstat(int(f.Fd()), &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return 0
	}
	return st.Ino
}

// Write publishes figures. The process and its pipes are filled in.
func (p *Pen) Write(f Figures) {
	f.PID, f.Stdin, f.Stdout = os.Getpid(), p.stdin, p.stdout
	if f.NoInput {
		f.Stdin = 0
	}
	p.writes++
	f.put(&p.slot, p.writes)
	unix.Pwrite(p.fd, p.slot[:], p.at) // who does not see it does without
}
