//go:build unix && !linux

package lambdarun

import "syscall"

// childAttributes put a process into a group of its own, which can be killed as a whole.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
