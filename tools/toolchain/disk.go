package toolchain

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	megabyte uint64 = 1_000_000
	gigabyte        = 1_000 * megabyte
)

// volume is a file system: its identity, and what is free on it in bytes.
type volume struct {
	id   uint64
	free uint64
}

// demand is space that an installation will take in a folder.
type demand struct {
	folder string
	bytes  uint64
}

// checkSpace fails when the file systems have less free than is demanded of them, taken together where folders share
// one.
func checkSpace(demands []demand, look func(path string) (volume, error)) error {
	type total struct {
		free, bytes uint64
		folders     []string
	}
	totals := map[uint64]total{}
	for _, d := range demands {
		disk, err := look(d.folder)
		if err != nil {
			return err
		}
		sum := totals[disk.id]
		totals[disk.id] = total{disk.free, sum.bytes + d.bytes, append(sum.folders, d.folder)}
	}
	for _, id := range slices.Sorted(maps.Keys(totals)) {
		if disk := totals[id]; disk.free < disk.bytes {
			return fmt.Errorf("%w: %s free on the disk of %s, and about %s needed. %s", ErrDiskFull,
				gigabytes(disk.free), strings.Join(disk.folders, " and "), gigabytes(disk.bytes), moveAdvice)
		}
	}
	return nil
}

func gigabytes(bytes uint64) string {
	return fmt.Sprintf("%.1f GB", float64(bytes)/float64(gigabyte))
}
