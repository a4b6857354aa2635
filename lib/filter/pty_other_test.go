//go:build !linux

package filter

import (
	"errors"
	"os"
)

func terminal() (master, tty *os.File, err error) {
	return nil, nil, errors.New("this test opens terminals only on Linux")
}
