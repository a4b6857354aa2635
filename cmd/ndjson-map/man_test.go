package main

import (
	"testing"

	"ndjsontools/lib/tooltest"
)

const page = "../../man/ndjson-map.1"

func TestMan(t *testing.T)        { tooltest.CheckMan(t, command(), page) }
func TestCompletion(t *testing.T) { tooltest.CheckCompletion(t, command()) }
