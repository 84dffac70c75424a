package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/compliance-monitor/compliance-monitor/stacks"
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

// unlock takes away the locks of runs on this machine that are no longer alive, as a killed process leaves them behind.
// Only file backends are looked at; of the others Pulumi says itself who holds the lock.
func (t Target) unlock(layer stacks.Layer) error {
	backend, err := url.Parse(t.backendURL())
	if err != nil || backend.Scheme != "file" {
		return nil //nolint:nilerr // another backend, or none that Pulumi would take: it says so itself
	}
	dir := filepath.Join(backend.Path, ".pulumi", "locks", "organization", layer.Project, t.Stack)
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

// alive says whether the process exists; signal 0 only asks.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// backendURL is where Pulumi keeps the state of this target.
func (t Target) backendURL() string {
	if backend, ok := t.Env[envBackend]; ok {
		return backend
	}
	return os.Getenv(envBackend)
}

const envBackend = "PULUMI_BACKEND_URL"
