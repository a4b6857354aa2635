//go:build !linux

package tally

import (
	"errors"
	"os"
)

// Board needs memfd_create(2), which only Linux has.
type Board struct{}

// NewBoard answers errors.ErrUnsupported here.
func NewBoard(int) (*Board, error) { return nil, errors.ErrUnsupported }

// Env is what a nil Board gives everywhere.
func (*Board) Env(int) string { return Variable + "=" }

// Read has nothing to add here.
func (*Board) Read(_ int, figures []Figures) []Figures { return figures }

// Close does nothing here.
func (*Board) Close() error { return nil }

// Pen is never had here.
type Pen struct{}

func join(string, *os.File, *os.File) *Pen { return nil }

// Write does nothing here.
func (*Pen) Write(Figures) {}
