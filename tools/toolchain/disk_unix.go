//go:build unix

package toolchain

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// volumeOf looks at the file system that path is on, or will be on once it exists.
func volumeOf(path string) (volume, error) {
	for {
		var stat syscall.Stat_t
		err := syscall.Stat(path, &stat)
		if err == nil {
			break
		}
		parent := filepath.Dir(path)
		if !os.IsNotExist(err) || parent == path {
			return volume{}, fmt.Errorf("looking at the disk of %s: %w", path, err)
		}
		path = parent
	}
	var stat syscall.Stat_t
	var system syscall.Statfs_t
	if err := syscall.Stat(path, &stat); err != nil {
		return volume{}, fmt.Errorf("looking at the disk of %s: %w", path, err)
	}
	if err := syscall.Statfs(path, &system); err != nil {
		return volume{}, fmt.Errorf("looking at the free space of %s: %w", path, err)
	}
	//nolint:gosec,unconvert // the types differ between systems; neither number is ever negative
	return volume{id: uint64(stat.Dev), free: system.Bavail * uint64(system.Bsize)}, nil
}
