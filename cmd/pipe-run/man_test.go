package main

import (
	"testing"

	"ndjsontools/lib/tooltest"
)

func TestMan(t *testing.T)        { tooltest.CheckMan(t, command(), "../../man/pipe-run.1") }
func TestCompletion(t *testing.T) { tooltest.CheckCompletion(t, command()) }
