//go:build !linux

package tooltest

import (
	"errors"
	"os"
)

// Terminal answers that it can't here.
func Terminal() (master, tty *os.File, err error) {
	return nil, nil, errors.New("this test opens terminals only on Linux")
}
