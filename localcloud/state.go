package localcloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Files in the state folder.
const (
	instanceFile = "instance.json"  // who runs, for people and for Down when the instance hangs
	instanceLock = "instance.lock"  // held by the running instance as long as it lives
	upLock       = "up.lock"        // held by Up while it starts an instance
	daemonLog    = "localcloud.log" // what a detached instance prints
	motoLog      = "moto.log"       // what moto prints
	requestLog   = "requests.log"   // a line for each request

	mailboxFolder   = "mailbox"   // a file for each mail
	functionsFolder = "functions" // the code of functions, and their temporary folders
)

// How long to insist on a lock that others only hold for a moment, and how often to look at what is awaited.
const (
	lockPatience = 300 * time.Millisecond
	pollInterval = 20 * time.Millisecond
)

// state is the folder that one instance uses. No two instances share one.
type state struct {
	folder    string
	temporary bool
	lock      *os.File
}

// openState takes a folder for an instance; an empty name stands for a temporary one.
func openState(folder string) (*state, error) {
	s := &state{folder: folder}
	if folder == "" {
		made, err := os.MkdirTemp("", "localcloud-")
		if err != nil {
			return nil, fmt.Errorf("making a temporary state folder: %w", err)
		}
		s.folder, s.temporary = made, true
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the state folder: %w", err)
	}
	lock, err := insistLock(s.path(instanceLock), lockPatience)
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return nil, fmt.Errorf("using the state folder %s: %s uses it; stop that one, or use another folder",
			s.folder, describeInstance(s.folder))
	}
	s.lock = lock
	return s, nil
}

// insistLock tries for a lock a little longer, because whoever looks whether an instance lives holds it for a moment.
func insistLock(path string, patience time.Duration) (*os.File, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(pollInterval) {
		lock, err := tryLock(path)
		if err != nil || lock != nil || time.Now().After(deadline) {
			return lock, err
		}
	}
}

// path is where a file of this instance is.
func (s *state) path(name string) string { return filepath.Join(s.folder, name) }

// announce writes who runs.
func (s *state) announce(health Health) error {
	content, err := json.MarshalIndent(health, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the instance file: %w", err)
	}
	draft := s.path(instanceFile + ".new")
	err = os.WriteFile(draft, append(content, '\n'), 0o600)
	if err == nil {
		err = os.Rename(draft, s.path(instanceFile))
	}
	if err != nil {
		return fmt.Errorf("writing the instance file: %w", err)
	}
	return nil
}

// close gives the folder back.
func (s *state) close() error {
	err := os.Remove(s.path(instanceFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	err = errors.Join(err, s.lock.Close())
	if s.temporary {
		err = errors.Join(err, os.RemoveAll(s.folder))
	}
	if err != nil {
		return fmt.Errorf("leaving the state folder: %w", err)
	}
	return nil
}

// lastInstance is the instance that a folder's file names, and whether it lives: it holds the folder's lock as
// long as it does, so a process id that was given to another process since is never mistaken for it.
func lastInstance(folder string) (Health, bool, error) {
	var last Health
	content, err := os.ReadFile(filepath.Join(folder, instanceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return last, false, nil
	}
	if err != nil {
		return last, false, fmt.Errorf("reading the instance file: %w", err)
	}
	if err := json.Unmarshal(content, &last); err != nil {
		return last, false, nil //nolint:nilerr // a broken file is that of an instance which died as it started
	}
	lock, err := tryLock(filepath.Join(folder, instanceLock))
	if err != nil {
		return last, false, err
	}
	if lock == nil {
		return last, true, nil
	}
	return last, false, lock.Close()
}

// describeInstance is for an error that names the instance in a folder.
func describeInstance(folder string) string {
	last, alive, err := lastInstance(folder)
	if err != nil || !alive {
		return "another localcloud"
	}
	return fmt.Sprintf("the localcloud of process %d on %s", last.PID, last.Address)
}
