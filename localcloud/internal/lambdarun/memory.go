package lambdarun

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// memory is what a process has of it, in bytes. It is zero where the system does not tell (there is no /proc on macOS).
type memory struct{ now, peak int64 }

// memoryOf asks the system about a process.
func memoryOf(pid int) memory {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}
	}
	return parseMemory(status)
}

// parseMemory reads the resident set, now and at most, off /proc/PID/status.
func parseMemory(status []byte) memory {
	var found memory
	for line := range bytes.Lines(status) {
		fields := bytes.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kilobytes, err := strconv.ParseInt(string(fields[1]), 10, 64)
		if err != nil {
			continue
		}
		switch string(fields[0]) {
		case "VmRSS:":
			found.now = kilobytes << 10
		case "VmHWM:":
			found.peak = kilobytes << 10
		}
	}
	return found
}

// megabytes rounds up, as Lambda's log does.
func megabytes(size int64) int { return int((size + 1<<20 - 1) >> 20) }
