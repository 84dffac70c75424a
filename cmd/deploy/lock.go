package deploy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

const (
	// lockPatience is how long to wait for another run on this machine. An engine whose command was killed ends what is
	// under way before it gives its lock back.
	lockPatience = engineGrace
	lockPoll     = 200 * time.Millisecond
)

// lockHolder is what Pulumi's file backend writes into a lock.
type lockHolder struct {
	PID       int       `json:"pid"`
	Username  string    `json:"username"`
	Hostname  string    `json:"hostname"`
	Timestamp time.Time `json:"timestamp"`
}

// LockedError says who holds the lock of a stack.
type LockedError struct {
	Layer, Stack, File string
	Holder             lockHolder
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("layer %s of stack %s is in use by process %d of %s on %s since %s: wait for it to end, "+
		"or, if it is gone, delete %s", e.Layer, e.Stack, e.Holder.PID, e.Holder.Username, e.Holder.Hostname,
		e.Holder.Timestamp.Format(time.RFC3339), e.File)
}

// awaitLock waits until no other run on this machine works on the layer, and takes away the locks of runs that are no
// longer alive, as a killed process leaves them behind. What another machine holds is an error at once.
func (t Target) awaitLock(ctx context.Context, layer stacks.Layer, patience time.Duration, say func(string, ...any)) error {
	deadline := time.Now().Add(patience)
	for told := false; ; told = true {
		var held *LockedError
		err := t.unlock(layer)
		if !errors.As(err, &held) {
			return err
		}
		if here, err := os.Hostname(); err != nil || held.Holder.Hostname != here || time.Now().After(deadline) {
			return held
		}
		if !told {
			say("waiting for process %d of %s, which works on this layer", held.Holder.PID, held.Holder.Username)
		}
		select {
		case <-ctx.Done():
			return held
		case <-time.After(lockPoll):
		}
	}
}

// unlock takes away the locks of runs on this machine that are no longer alive; a LockedError says who else has one.
// Only file backends are looked at; of the others Pulumi says itself who holds the lock.
func (t Target) unlock(layer stacks.Layer) error {
	backend, isFile := t.fileBackend()
	if !isFile {
		return nil
	}
	dir := filepath.Join(backend, "locks", "organization", layer.Project, t.Stack)
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for locks of layer %s: %w", layer.Name, err)
	}
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("asking for this machine's name: %w", err)
	}
	for _, file := range files {
		if err := t.removeStale(layer, filepath.Join(dir, file.Name()), host); err != nil {
			return err
		}
	}
	return nil
}

func (t Target) removeStale(layer stacks.Layer, file, host string) error {
	if filepath.Ext(file) != ".json" {
		return nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil // its holder has just ended
	}
	if err != nil {
		return fmt.Errorf("reading the lock of layer %s: %w", layer.Name, err)
	}
	var holder lockHolder
	if err := json.Unmarshal(text, &holder); err == nil && (holder.Hostname != host || alive(holder.PID)) {
		return &LockedError{Layer: layer.Name, Stack: t.Stack, File: file, Holder: holder}
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the lock that a killed run of layer %s left behind: %w", layer.Name, err)
	}
	return nil
}

// alive says whether the process runs; signal 0 only asks. A zombie has ended, and waits for a parent that may never
// collect it, as in containers whose first process is no init.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true // a system without /proc; these collect orphans
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}
