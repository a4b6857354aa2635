package tally

import (
	"encoding/binary"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// seals are what a Board's file carries. Of these, the first two can only be on
// a memfd: a file in /dev/shm has but the third.
const seals = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_SEAL

// Board is the supervisor's side. It is for one goroutine.
type Board struct {
	fd     int
	inode  uint64
	stages int
	raw    [Slots * slotSize]byte
}

// NewBoard makes a board for a pipeline of so many stages. Its descriptor is
// inherited by every process that is started from now on, until Close.
func NewBoard(stages int) (*Board, error) {
	made, err := unix.MemfdCreate("ndjsontools-tally", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	defer unix.Close(made)
	var head [headSize]byte
	copy(head[:], mark)
	for i, n := range []int{version, stages, Slots} {
		binary.LittleEndian.PutUint32(head[len(mark)+4*i:], uint32(n))
	}
	if err := unix.Ftruncate(made, int64(headSize+stages*Slots*slotSize)); err != nil {
		return nil, os.NewSyscallError("ftruncate", err)
	}
	if _, err := unix.Pwrite(made, head[:], 0); err != nil {
		return nil, os.NewSyscallError("pwrite", err)
	}
	if _, err := unix.FcntlInt(uintptr(made), unix.F_ADD_SEALS, seals); err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(made, &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	fd, err := unix.FcntlInt(uintptr(made), unix.F_DUPFD, lowest)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	return &Board{fd: fd, inode: st.Ino, stages: stages}, nil
}

// Env is the entry that the environment of a stage gets; stages count from 0.
// That of a nil Board says only that the stage is supervised.
func (b *Board) Env(stage int) string {
	if b == nil {
		return Variable + "="
	}
	return fmt.Sprintf("%s=%d:%d:%d:%d", Variable, version, b.fd, b.inode, stage)
}

// Read brings the figures of a stage's tools up to date, in place, and answers
// them all: each tool keeps its place in the list. A stage without a tool of ours
// has none.
func (b *Board) Read(stage int, figures []Figures) []Figures {
	if _, err := unix.Pread(b.fd, b.raw[:], int64(headSize+stage*Slots*slotSize)); err != nil {
		return figures
	}
	for i := range Slots {
		var f Figures
		switch whole := f.get(b.raw[i*slotSize:][:slotSize]); {
		case whole && i < len(figures):
			figures[i] = f
		case whole && i == len(figures):
			figures = append(figures, f)
		}
	}
	return figures
}

// Close gives the board back. A nil Board has nothing to give.
func (b *Board) Close() error {
	if b == nil {
		return nil
	}
	return unix.Close(b.fd)
}
