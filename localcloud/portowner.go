package localcloud

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tcpListen is the state LISTEN in /proc/net/tcp.
const tcpListen = "0A"

// portOwner describes the process that listens on an address, as far as this system tells.
func portOwner(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return "another program"
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return "another program"
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		for _, inode := range listeners(table, number) {
			if pid := socketOwner(inode); pid != 0 {
				return fmt.Sprintf("process %d (%s)", pid, processName(pid))
			}
		}
	}
	return "another program (its process id is not to be had)"
}

// listeners are the inodes of the sockets that listen on a port, from a table like /proc/net/tcp.
func listeners(table string, port int) []string {
	file, err := os.Open(table)
	if err != nil {
		return nil
	}
	defer file.Close() //nolint:errcheck // read only
	var inodes []string
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		if len(fields) < 10 || fields[3] != tcpListen {
			continue
		}
		_, hex, _ := strings.Cut(fields[1], ":")
		if found, err := strconv.ParseInt(hex, 16, 32); err == nil && int(found) == port {
			inodes = append(inodes, fields[9])
		}
	}
	return inodes
}

// socketOwner is the process that has a socket open, or 0.
func socketOwner(inode string) int {
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0
	}
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == "socket:["+inode+"]" {
			pid, err := strconv.Atoi(strings.Split(link, "/")[2])
			if err == nil {
				return pid
			}
		}
	}
	return 0
}

// processName is what a process calls itself.
func processName(pid int) string {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return "name unknown"
	}
	return strings.TrimSpace(string(name))
}
