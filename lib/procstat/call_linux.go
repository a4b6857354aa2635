package procstat

import "golang.org/x/sys/unix"

// wait is what a thread does, as far as its system call tells.
type wait uint8

const (
	unknown wait = iota
	runs
	reads    // from the descriptor in the first argument
	writes   // to it
	moves    // from one descriptor to another: only wchan tells which side it waits on
	polls    // for any of several things
	locks    // for another thread
	children // for a process
	sleeps
	network
	other
	disk
	stopped
	gone
)

// callOf sorts a system call by its number.
func callOf(number int) wait {
	switch number {
	case unix.SYS_READ, unix.SYS_READV, unix.SYS_PREADV2:
		return reads
	case unix.SYS_WRITE, unix.SYS_WRITEV, unix.SYS_PWRITEV2, unix.SYS_VMSPLICE:
		return writes
	case unix.SYS_SPLICE, unix.SYS_TEE, unix.SYS_SENDFILE:
		return moves
	case unix.SYS_PPOLL, unix.SYS_PSELECT6, unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_PWAIT2:
		return polls
	case unix.SYS_FUTEX:
		return locks
	case unix.SYS_WAIT4, unix.SYS_WAITID:
		return children
	case unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP:
		return sleeps
	case unix.SYS_RECVFROM, unix.SYS_RECVMSG, unix.SYS_RECVMMSG, unix.SYS_SENDTO, unix.SYS_SENDMSG,
		unix.SYS_SENDMMSG, unix.SYS_ACCEPT4, unix.SYS_CONNECT:
		return network
	}
	return oldCall(number)
}

// sides are the arguments of a moving call that are its input and its output.
func sides(number int) (in, out int) {
	switch number {
	case unix.SYS_SPLICE:
		return 0, 2
	case unix.SYS_SENDFILE:
		return 1, 0
	}
	return 0, 1
}
