package pipeline

import (
	"os"
	"runtime"
	"strings"
	"syscall"
)

// A forker is a thread that starts all children. The signal that a child gets
// when its parent dies is bound to the thread that started it, so this one must
// live as long as any of them.
type forker struct {
	jobs chan func()
}

func newForker(begin func(func())) *forker {
	f := &forker{make(chan func())}
	begin(func() {
		runtime.LockOSThread() // and the thread ends with the goroutine
		for job := range f.jobs {
			job()
		}
	})
	return f
}

// do runs a job on the thread.
func (f *forker) do(job func()) {
	done := make(chan struct{})
	f.jobs <- func() {
		defer close(done)
		job()
	}
	<-done
}

func (f *forker) stop() { close(f.jobs) }

// A process is what the forker is to start.
type process struct {
	path  string
	args  []string
	env   []string
	files []*os.File // nil: the descriptor is closed
	group bool       // of its own
	death syscall.Signal
}

// start starts a process. A file that is executable but in no format of the
// system's is a shell's script without its first line, as execvp(3) has it.
func (f *forker) start(p process) (pid int, err error) {
	attr := &syscall.ProcAttr{Env: p.env, Sys: &syscall.SysProcAttr{Setpgid: p.group, Pdeathsig: p.death}}
	for _, file := range p.files {
		fd := ^uintptr(0)
		if file != nil {
			fd = file.Fd()
		}
		attr.Files = append(attr.Files, fd)
	}
	f.do(func() {
		pid, err = syscall.ForkExec(p.path, p.args, attr)
		if err == syscall.ENOEXEC {
			const shell = "/bin/sh"
			pid, err = syscall.ForkExec(shell, append([]string{shell, p.path}, p.args[1:]...), attr)
		}
	})
	return pid, err
}

// environ is base with the settings of more, which replace those of base.
func environ(base, more []string) []string {
	fresh := map[string]bool{}
	for _, setting := range more {
		name, _, _ := strings.Cut(setting, "=")
		fresh[name] = true
	}
	var env []string
	for _, setting := range base {
		if name, _, _ := strings.Cut(setting, "="); !fresh[name] {
			env = append(env, setting)
		}
	}
	return append(env, more...)
}
