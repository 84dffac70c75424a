package lambdarun

import "syscall"

// childAttributes put a process into a group of its own, which can be killed as a whole, and let it die with the
// thread that started it, and so with the gateway, however that ends.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
