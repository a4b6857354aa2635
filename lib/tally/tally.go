// Package tally is how a tool shows its counters to the process that started
// it, while both run: a small file in memory (a memfd), of which each tool of a
// pipeline has a slot.
//
// /proc tells a supervisor much of any program, but not what splice(2) moves,
// not how many records those bytes were, and the time spent blocked only by
// looking again and again. A tool of ours knows all three.
//
// It is not the statistics that a tool writes for its user (package meter), no
// channel for commands, and nothing that a result depends on: a figure that
// can't be had is left out.
//
// The supervisor makes a Board and leaves Env in each stage's environment. A
// tool calls Join, and publishes with Pen.Write a few times a second; the
// supervisor reads. Decisions and their price:
//
//   - The file's descriptor is inherited, and the variable names its number and
//     inode. By the time that a tool reads the variable, somebody between may
//     have closed the number and opened something else there, so Join writes
//     nothing before it has seen that inode, on a file with seals that only a
//     memfd can have (never a pipe), with our mark in it. Then it makes the
//     descriptor close on exec and removes the variable, so that what the tool
//     starts knows of neither.
//   - The number is 64 or above: scripts use those up to 9 as they like, and
//     shells keep their own from 10 up.
//   - Both sides use pread(2) and pwrite(2), not a mapping: a system call some
//     50 times a second costs nothing, and no fault of the other side can end a
//     process by SIGBUS.
//   - A stage may hold several tools (sh -c 'a | b'). Each takes a slot by a
//     record lock, which the kernel drops when the process ends; what stands in
//     the slot stays, as its last word. A slot that was used before is taken
//     only when no other is left.
//   - A write and a read may overlap, so a slot ends in a checksum. A reader that
//     meets a torn slot keeps the figures before.
//
// # Format, version 1
//
// All numbers are little-endian. The file begins with 64 bytes: the mark
// "ndjtally", the version, the number of stages and that of slots for each (32
// bits each); the rest is 0. Slots of 128 bytes follow, those of the first stage
// first. A slot is 15 numbers of 64 bits,
//
//	 0 how often it was written; 0 is a slot that never was
//	 1 process
//	 2 inode of the pipe that is the tool's standard input, 0 for no pipe
//	 3 the same of its standard output
//	 4 the sum of: 1 when nothing follows, 2 for a tool that writes no data to
//	   its standard output, 4 for one that does not read its standard input
//	 5 records in          6 records out
//	 7 bytes in            8 bytes out
//	 9 rejected records
//	10 nanoseconds since the tool began
//	11 of them blocked on input
//	12 of them blocked on output
//	13 of them waiting for a rate of the tool's own
//	14 the most bytes of memory that were resident, 0 while it is not known
//
// and the CRC-32 (Castagnoli) of these 120 bytes, in 64 bits.
package tally

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"time"
)

// Variable is the name of the variable of the environment that Env sets.
const Variable = "NDJSONTOOLS_TALLY"

// Slots is how many tools of one stage can show their figures at a time.
const Slots = 8

const (
	version  = 1
	mark     = "ndjtally"
	headSize = 64
	slotSize = 128
	sumAt    = slotSize - 8
	// lowest is the least number that the descriptor may get.
	lowest = 64
)

// Figures are what a tool shows.
type Figures struct {
	PID           int
	Stdin, Stdout uint64 // inodes of the pipes there, 0 for no pipe
	Final         bool   // the tool's work is over
	NoInput       bool   // it does not read standard input: Stdin is 0 then
	NoOutput      bool   // it writes no data to standard output

	RecordsIn, RecordsOut int64
	BytesIn, BytesOut     int64
	Rejects               int64
	Elapsed               time.Duration // since the tool began
	BlockedIn, BlockedOut time.Duration // parts of it
	Limited               time.Duration // waiting for a rate of its own
	PeakRSS               int64         // bytes; 0 before the end
}

// The flags of a slot.
const (
	isFinal  = 1
	noOutput = 2
	noInput  = 4
)

// put writes f into a slot, as the nth write.
func (f *Figures) put(slot *[slotSize]byte, n uint64) {
	var flags uint64
	if f.Final {
		flags |= isFinal
	}
	if f.NoOutput {
		flags |= noOutput
	}
	if f.NoInput {
		flags |= noInput
	}
	for i, v := range [...]uint64{
		n, uint64(f.PID), f.Stdin, f.Stdout, flags,
		uint64(f.RecordsIn), uint64(f.RecordsOut), uint64(f.BytesIn), uint64(f.BytesOut), uint64(f.Rejects),
		uint64(f.Elapsed), uint64(f.BlockedIn), uint64(f.BlockedOut), uint64(f.Limited), uint64(f.PeakRSS),
	} {
		binary.LittleEndian.PutUint64(slot[8*i:], v)
	}
	binary.LittleEndian.PutUint64(slot[sumAt:], uint64(crc32.Checksum(slot[:sumAt], crc32.MakeTable(crc32.Castagnoli))))
}

// get reads f out of a slot, and says whether it holds whole figures.
func (f *Figures) get(slot []byte) bool {
	n := func(i int) uint64 { return binary.LittleEndian.Uint64(slot[8*i:]) }
	if n(0) == 0 || n(sumAt/8) != uint64(crc32.Checksum(slot[:sumAt], crc32.MakeTable(crc32.Castagnoli))) {
		return false
	}
	*f = Figures{
		PID: int(n(1)), Stdin: n(2), Stdout: n(3),
		Final: n(4)&isFinal != 0, NoInput: n(4)&noInput != 0, NoOutput: n(4)&noOutput != 0,
		RecordsIn: int64(n(5)), RecordsOut: int64(n(6)), BytesIn: int64(n(7)), BytesOut: int64(n(8)), Rejects: int64(n(9)),
		Elapsed:   time.Duration(n(10)),
		BlockedIn: time.Duration(n(11)), BlockedOut: time.Duration(n(12)), Limited: time.Duration(n(13)),
		PeakRSS: int64(n(14)),
	}
	return true
}

// Join finds the slot that the environment leads to, and removes what led
// there. supervised says that somebody watches this process and draws what it
// does, so that it should not draw itself; the pen is nil where it can't publish
// all the same. Without the variable Join costs one look at the environment.
func Join(stdin, stdout *os.File) (pen *Pen, supervised bool) {
	text, supervised := os.LookupEnv(Variable)
	if !supervised {
		return nil, false
	}
	os.Unsetenv(Variable)
	return join(text, stdin, stdout), true
}
