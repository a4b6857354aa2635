package main

import (
	"testing"

	"ndjsontools/lib/tooltest"
)

func TestMan(t *testing.T)        { tooltest.CheckMan(t, command(), "../../man/ndjson-gen.1") }
func TestCompletion(t *testing.T) { tooltest.CheckCompletion(t, command()) }
