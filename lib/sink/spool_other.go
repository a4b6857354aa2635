//go:build !linux

package sink

import "os"

// spool returns a temporary file, already without its name, that holds data and
// is read from its start.
func spool(data []byte) (*os.File, error) {
	f, err := os.CreateTemp("", "batch-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return fill(f, data)
}
