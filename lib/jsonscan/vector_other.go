//go:build !amd64

package jsonscan

import "unicode/utf8"

const hasVector = false

func vectorStop(b []byte) (at int, high, del uint32) { return stopPlain(b) }

func validUTF8(b []byte) bool { return utf8.Valid(b) }

// vectorNest and vectorKey are never called without vectors.
func vectorNest(b []byte, depth int, in uint32) (at, deep int, open, shut, still uint32) {
	panic("jsonscan: there are no vectors")
}

func vectorKey(b []byte, k, from int) (at int) { panic("jsonscan: there are no vectors") }
