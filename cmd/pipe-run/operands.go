package main

import (
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/tool"
)

// separator stands between two commands, where a shell has a bar.
const separator = ":::"

// splitOperands makes stages of operands.
func splitOperands(operands []string) (stages []pipeline.Command, err error) {
	commands := [][]string{nil}
	for _, word := range operands {
		if word == separator {
			commands = append(commands, nil)
			continue
		}
		last := &commands[len(commands)-1]
		*last = append(*last, word)
	}
	for i, args := range commands {
		if len(args) == 0 {
			return nil, tool.Usagef("command %d is empty: there is nothing beside a %s", i+1, separator)
		}
	}
	for _, args := range commands {
		stage, err := find(args)
		if err != nil {
			return nil, err
		}
		stages = append(stages, stage)
	}
	return stages, nil
}

// find looks for the program of a command, as a shell does.
func find(args []string) (pipeline.Command, error) {
	path, err := exec.LookPath(args[0])
	if errors.Is(err, exec.ErrDot) {
		err = nil // the user has the current folder in PATH, and means it
	}
	c := pipeline.Command{Name: filepath.Base(args[0]), Path: path, Args: args}
	if err == nil {
		return c, nil
	}
	var not *exec.Error
	if errors.As(err, &not) {
		err = not.Err
	}
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return c, exit.With(exit.NotFound, &commandError{args[0], errors.New("command not found")})
	}
	return c, exit.With(exit.CannotExec, &commandError{args[0], err})
}

// A commandError says what is wrong with a command before anything runs.
type commandError struct {
	name string
	err  error
}

func (e *commandError) Error() string { return e.name + ": " + e.err.Error() }
func (e *commandError) Unwrap() error { return e.err }
