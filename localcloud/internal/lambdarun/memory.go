package lambdarun

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// peakOf asks the system how much memory a process has had at most, in bytes. It is zero where the system does not
// tell (there is no /proc on macOS).
func peakOf(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	return parsePeak(status)
}

// parsePeak reads the largest resident set off /proc/PID/status.
func parsePeak(status []byte) int64 {
	for line := range bytes.Lines(status) {
		text, found := bytes.CutPrefix(line, []byte("VmHWM:"))
		if !found {
			continue
		}
		kilobytes, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(text), []byte("kB")))), 10, 64)
		if err != nil {
			return 0
		}
		return kilobytes << 10
	}
	return 0
}

// megabytes rounds up, as Lambda's log does.
func megabytes(size int64) int { return int((size + 1<<20 - 1) >> 20) }
