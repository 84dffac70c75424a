package demo

import (
	"os/exec"
	"runtime"
)

// Viewer is the program that shows a file on the user's desktop; none where there is no desktop.
func Viewer(goos string, variable func(string) string) string {
	switch {
	case goos == "darwin":
		return "open"
	case variable("DISPLAY") != "" || variable("WAYLAND_DISPLAY") != "":
		return "xdg-open"
	default:
		return ""
	}
}

// OpenWith opens files with the desktop's program, if there is one and it is installed.
func OpenWith(variable func(string) string) func(file string) bool {
	return func(file string) bool {
		viewer := Viewer(runtime.GOOS, variable)
		return viewer != "" && exec.Command(viewer, file).Start() == nil
	}
}
