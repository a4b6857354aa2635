package main

import "runtime"

// ballastEach is how much the heap may grow before the first collection, and then
// between two of them, for each worker that has a core, beside the share that the
// collector allows (GOGC). A record is gone when the next one is read, so that
// little is ever alive, and at Go's own floor of 4 MiB there are hundreds of
// collections a second: a quarter of the time of tojson and @uri, half of that of
// map_values on wide objects. Workers that share one floor are collected as many
// times as often, on cores that are no longer free. The price is as much memory, 2
// to 6 MB of the peak; 8 MiB brought little more.
const ballastEach = 6 << 20

// ballast is memory that the collector counts as alive and that nobody touches, so
// that the system never gives pages for it. A higher percentage would do the same
// for a small heap, but let what a program keeps grow to a multiple of its size. There
// is none with --slurp, whose values stay alive.
func (m *mapper) ballast() []byte {
	if m.slurp {
		return nil
	}
	return make([]byte, ballastEach*min(int(m.jobs), runtime.GOMAXPROCS(0)))
}
