//go:build unix

package toolchain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// lockPoll is how often a waiting process tries again.
const lockPoll = 100 * time.Millisecond

// lock is held by at most one process, and by the programs that it gave the file to: the system releases it when the
// last of them is gone, however it went.
type lock struct{ file *os.File }

// acquire waits for the lock file at path. It calls waiting once, with who holds the lock, if it has to wait.
func acquire(ctx context.Context, path string, waiting func(holder string)) (*lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the lock file: %w", err)
	}
	for told := false; ; told = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return &lock{file: file}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(fmt.Errorf("locking %s: %w", path, err), file.Close())
		}
		if !told {
			waiting(holder(path))
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("waiting for %s: %w", path, ctx.Err()), file.Close())
		case <-time.After(lockPoll):
		}
	}
}

// sign writes who holds the lock into its file, for those who wait.
func (l *lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("signing the lock file: %w", err)
	}
	if _, err := l.file.WriteAt(fmt.Appendf(nil, "process %d", os.Getpid()), 0); err != nil {
		return fmt.Errorf("signing the lock file: %w", err)
	}
	return nil
}

// release gives the lock back. The file stays: removing it could split the waiting into two camps.
func (l *lock) release() error { return l.file.Close() }

func holder(path string) string {
	content, err := os.ReadFile(path)
	if name := strings.TrimSpace(string(content)); err == nil && name != "" {
		return name
	}
	return "another process"
}
