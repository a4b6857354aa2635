//go:build !linux

package stdio

import "golang.org/x/sys/unix"

const canSplice = false

func spliceNowait(int, int, int) (int, error) { return 0, unix.ENOSYS }
