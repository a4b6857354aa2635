package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"ndjsontools/lib/jq"
)

// searchList is where modules are looked for when no -L says where.
var searchList = [...]string{"~/.jq", "$ORIGIN/../lib/jq", "$ORIGIN/../lib"}

// addLibrary takes a directory of -L. A relative one is so to the current
// directory, whichever module it is that imports.
func (m *mapper) addLibrary(dir string) error {
	if dir == "" {
		return errors.New("the name of a directory is empty")
	}
	if dir[0] != '~' && dir[0] != '$' {
		var err error
		if dir, err = filepath.Abs(dir); err != nil {
			return err
		}
	}
	m.libraries = append(m.libraries, dir)
	return nil
}

// modules is where the program's modules are.
func (m *mapper) modules(home string) *jq.Modules {
	mods := &jq.Modules{Search: m.libraries, Home: home, Read: readModule, Values: values}
	if mods.Search == nil {
		mods.Search = searchList[:]
	}
	if self, err := os.Executable(); err == nil {
		mods.Origin = filepath.Dir(self)
	}
	// Where that can't be found out, relative names still work.
	mods.ProgramOrigin, _ = filepath.Abs(filepath.Dir(m.programFile))
	return mods
}

// readModule reads a file. A directory is no file, and so is what stands behind
// one. A directory that may not be searched has none: HOME may be another user's.
func readModule(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENOTDIR) {
		return nil, fs.ErrNotExist
	}
	if errors.Is(err, fs.ErrPermission) {
		if _, hidden := os.Stat(name); hidden != nil {
			return nil, fs.ErrNotExist
		}
	}
	return text, err
}
