package toolchain

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// askMoto prints where the interpreter is, and where the metadata of its moto is, whose folder's name has the
// version. It fails where moto's server can't be imported for want of Flask.
const askMoto = `import sys, json, importlib.util as u, importlib.metadata as m
d = m.distribution("moto")
assert u.find_spec("flask") and u.find_spec("flask_cors")
print(json.dumps({"python": sys.executable, "version": d.version, "metadata": str(d._path)}))`

// motoOnPath is the answer to askMoto. It holds for as long as the metadata's folder exists, since an upgrade or a
// removal takes that away.
type motoOnPath struct {
	Python   string `json:"python"`
	Version  string `json:"version"`
	Metadata string `json:"metadata"`
}

func (m motoOnPath) serves(version string) bool {
	if m.Version != version || !exists(m.Python) {
		return false
	}
	return filepath.IsAbs(m.Metadata) && exists(m.Metadata)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (i *installer) motoAnswer() string {
	return filepath.Join(i.opts.CacheDir, string(Moto), "on-path.json")
}

// recallMotoOnPath returns the interpreter that was found to have the pinned moto, if it still has. An environment of
// our own goes first.
func (i *installer) recallMotoOnPath() (string, bool) {
	if target, err := i.motoPart(); err == nil {
		if _, err := target.installed(); err == nil {
			return "", false
		}
	}
	version, err := pinnedVersion(i.requirements(), "moto")
	if err != nil {
		return "", false
	}
	var known motoOnPath
	content, err := os.ReadFile(i.motoAnswer())
	if err != nil || json.Unmarshal(content, &known) != nil || !known.serves(version) {
		return "", false
	}
	return known.Python, true
}

// findMotoOnPath asks the interpreter behind a moto_server on PATH, if there is one, whether it has the pinned
// version, and remembers the answer. It returns false where our own environment is there or must be made.
func (i *installer) findMotoOnPath(ctx context.Context) (string, bool) {
	if python, ok := i.recallMotoOnPath(); ok {
		return python, true
	}
	if target, err := i.motoPart(); err != nil || exists(target.path(manifestName)) {
		return "", false
	}
	server, err := i.lookPath("moto_server")
	if err != nil {
		return "", false
	}
	version, err := pinnedVersion(i.requirements(), "moto")
	if err != nil {
		return "", false
	}
	for _, python := range i.interpretersOf(server) {
		answer, ok := i.ask(ctx, python)
		if ok && answer.serves(version) {
			i.remember(answer)
			i.progress.say("Using moto %s of %s.", version, answer.Python)
			return answer.Python, true
		}
	}
	return "", false
}

// interpretersOf names the interpreter in the script's first line and, for launchers that are no Python script, the
// one on PATH.
func (i *installer) interpretersOf(script string) []string {
	var names []string
	if file, err := os.Open(script); err == nil {
		// A short or unreadable script is no Python script, which the line says as well as an error would.
		line, _ := bufio.NewReader(file).ReadString('\n')
		_ = file.Close()
		path, _, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#!")), " ")
		if strings.HasPrefix(line, "#!/") && strings.HasPrefix(filepath.Base(path), "python") {
			names = append(names, path)
		}
	}
	if path, err := i.lookPath("python3"); err == nil {
		names = append(names, path)
	}
	return names
}

func (i *installer) ask(ctx context.Context, python string) (motoOnPath, bool) {
	output, err := i.runner.Run(ctx, command{name: python, args: []string{"-c", askMoto}})
	if err != nil {
		return motoOnPath{}, false
	}
	var answer motoOnPath
	if err := json.Unmarshal([]byte(output), &answer); err != nil {
		return motoOnPath{}, false
	}
	return answer, true
}

// remember keeps the answer for the next run, which asks again if that fails.
func (i *installer) remember(answer motoOnPath) {
	content, err := json.Marshal(answer)
	if err != nil || os.MkdirAll(filepath.Dir(i.motoAnswer()), 0o755) != nil {
		return
	}
	if err := os.WriteFile(i.motoAnswer(), content, 0o644); err != nil {
		i.progress.say("Could not remember where moto is: %s", fmt.Sprint(err))
	}
}
