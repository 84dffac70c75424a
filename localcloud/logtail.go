package localcloud

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// Of a log that goes into an error message: at most so many bytes are read from its end, and so many lines are kept.
const (
	tailBytes = 8 << 10
	tailLines = 12
)

// logTail is an error made of the last lines of a log, or nil where there are none.
func logTail(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close() //nolint:errcheck // read only
	if size, err := file.Seek(0, io.SeekEnd); err == nil {
		file.Seek(max(0, size-tailBytes), io.SeekStart) //nolint:errcheck,gosec // a regular file that was just measured
	}
	content, err := io.ReadAll(file)
	if err != nil || len(strings.TrimSpace(string(content))) == 0 {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	lines = lines[max(0, len(lines)-tailLines):]
	return fmt.Errorf("its log, %s, ends with:\n  %s", path, strings.Join(lines, "\n  "))
}
