package backup

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// quietly runs do on a thread that the kernel runs only if no other wants the processor: keys
// and saves then wait for no copy. The thread ends with do, because a program may not raise
// its priority again.
func quietly(do func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), leastPriority) // a copy at full speed is one all the same
		done <- do()
	}()
	return <-done
}

// leastPriority is the niceness that gives way the most.
const leastPriority = 19
