package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Source says where an installed component came from.
type Source string

// The sources.
const (
	Built      Source = "built"      // from Go modules
	Downloaded Source = "downloaded" // the official release, or packages of the Python index
	Found      Source = "found"      // on PATH
)

const (
	manifestName = "manifest.json"
	workPrefix   = ".work-"
	// keepUnused is how long the result of another version of the sources is kept after its last use.
	keepUnused = 30 * 24 * time.Hour
	// touchEvery bounds how often a use is noted.
	touchEvery = 24 * time.Hour
)

// part is one component as one checkout needs it: its result is the folder named key inside folder.
type part struct {
	component Component
	title     string   // "the Pulumi CLI"
	folder    string   // the component's folder in the cache
	key       string   // of its recipe
	files     []string // the files of the result that are used, by their paths in it
	refuse    Source   // a result from there is not accepted
	bytes     uint64   // that it needs in folder while it is installed
	install   func(context.Context, *job) (Source, error)
}

// manifest is written into a result when it is complete. A result without one, or whose files differ from it, is not
// trusted.
type manifest struct {
	Source    Source           `json:"source"`
	Installed time.Time        `json:"installed"`
	Files     map[string]int64 `json:"files"` // sizes in bytes
}

func (p part) result() string { return filepath.Join(p.folder, p.key) }

func (p part) path(file string) string { return filepath.Join(p.result(), file) }

// installed returns the manifest of a complete result. It reads one small file and looks at the sizes of the others.
func (p part) installed() (manifest, error) {
	var m manifest
	content, err := os.ReadFile(p.path(manifestName))
	if err != nil {
		return manifest{}, fmt.Errorf("%s: %w", p.title, ErrNotInstalled)
	}
	if err := json.Unmarshal(content, &m); err != nil {
		return manifest{}, fmt.Errorf("%s: reading its manifest: %w: %w", p.title, err, ErrNotInstalled)
	}
	if m.Source == p.refuse {
		return manifest{}, fmt.Errorf("%s: the one that is there was %s: %w", p.title, m.Source, ErrNotInstalled)
	}
	for _, file := range p.files {
		info, err := os.Stat(p.path(file))
		if err != nil || info.Size() != m.Files[file] {
			return manifest{}, fmt.Errorf("%s: %s is damaged: %w", p.title, p.path(file), ErrNotInstalled)
		}
	}
	return m, nil
}

// noteUse keeps a result from being pruned.
func (p part) noteUse(now time.Time) {
	path := p.path(manifestName)
	if info, err := os.Stat(path); err == nil && now.Sub(info.ModTime()) > touchEvery {
		// Only pruning depends on it, and a read-only cache is fine.
		_ = os.Chtimes(path, now, now)
	}
}

// commit writes the manifest into the finished work folder, sees it on disk, and makes it the result in one step.
func (p part) commit(work string, source Source, now time.Time) (manifest, error) {
	m := manifest{Source: source, Installed: now.UTC(), Files: map[string]int64{}}
	for _, file := range p.files {
		size, err := syncFile(filepath.Join(work, file))
		if err != nil {
			return manifest{}, err
		}
		m.Files[file] = size
	}
	content, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return manifest{}, fmt.Errorf("encoding the manifest: %w", err)
	}
	path := filepath.Join(work, manifestName)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return manifest{}, fmt.Errorf("writing the manifest: %w", err)
	}
	if _, err := syncFile(path); err != nil {
		return manifest{}, err
	}
	if err := os.RemoveAll(p.result()); err != nil {
		return manifest{}, fmt.Errorf("removing a damaged result: %w", err)
	}
	if err := os.Rename(work, p.result()); err != nil {
		return manifest{}, fmt.Errorf("moving the result into place: %w", err)
	}
	return m, nil
}

// syncFile waits until a file is on disk and returns its size in bytes.
func syncFile(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("completing the result: %w", err)
	}
	info, err := file.Stat()
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return 0, fmt.Errorf("writing %s to disk: %w", path, err)
	}
	return info.Size(), nil
}

// clean removes what an installation that was killed left, and results that nobody has used for long. The caller
// holds the lock, so nothing that it removes is in the making.
func (p part) clean(now time.Time) error {
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		return fmt.Errorf("cleaning the cache: %w", err)
	}
	var errs []error
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == p.key {
			continue
		}
		path := filepath.Join(p.folder, entry.Name())
		if strings.HasPrefix(entry.Name(), workPrefix) || unused(path, now) {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("cleaning the cache: %w", err)
	}
	return nil
}

func unused(result string, now time.Time) bool {
	info, err := os.Stat(filepath.Join(result, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	return err == nil && now.Sub(info.ModTime()) > keepUnused
}
