package deploy

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

const envBackend = "PULUMI_BACKEND_URL"

// backendURL is where Pulumi keeps the state of this target.
func (t Target) backendURL() string {
	if backend, ok := t.Env[envBackend]; ok {
		return backend
	}
	return os.Getenv(envBackend)
}

// fileBackend is the folder in which a file backend keeps its files; false for the other backends.
func (t Target) fileBackend() (string, bool) {
	backend, err := url.Parse(t.backendURL())
	if err != nil || backend.Scheme != "file" {
		return "", false
	}
	return filepath.Join(backend.Path, ".pulumi"), true
}

// fileURL is the file backend in a folder. Beside each file of its state Pulumi's store would write another one with
// attributes that nobody reads, and not in one piece: a run that is killed in that moment leaves a state that Pulumi can't
// read any more. So it has to do without.
func fileURL(folder string, options url.Values) string {
	if options == nil {
		options = url.Values{}
	}
	options.Set("metadata", "skip")
	return "file://" + folder + "?" + options.Encode()
}

// BackendEnv is the environment for the backend that the user's PULUMI_BACKEND_URL names. It makes the path of a file
// backend absolute (file://state, file://~/state), since Pulumi runs in another folder for each layer. The error says
// what is wrong with it.
func BackendEnv(backend string) (map[string]string, error) {
	path, isFile := strings.CutPrefix(backend, "file://")
	if !isFile {
		return map[string]string{}, nil
	}
	path, query, _ := strings.Cut(path, "?")
	options, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("reading %s=%s: %w", envBackend, backend, err)
	}
	if rest, inHome := strings.CutPrefix(path, "~"); inHome {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("reading %s=%s: %w", envBackend, backend, err)
		}
		path = filepath.Join(home, rest)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s=%s: %w", envBackend, backend, err)
	}
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is %s, but there is no folder %s: make it, or correct the variable",
			envBackend, backend, path)
	}
	return map[string]string{envBackend: fileURL(path, options)}, nil
}
