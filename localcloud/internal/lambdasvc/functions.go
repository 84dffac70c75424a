package lambdasvc

import (
	"maps"
	"sync"
)

// latest is the qualifier of what is not published yet.
const latest = "$LATEST"

type functionKey struct{ region, name string }

// function is what the gateway keeps of one function.
type function struct {
	versions      map[string]attributes        // by version; latest is always there
	code          map[string]string            // by version: the folder that its code is unpacked in
	concurrency   *int                         // reserved; moto drops a zero
	permissions   map[string]*permissions      // by qualifier; empty for the function itself
	invokeConfigs map[string]eventInvokeConfig // by qualifier; latest where none was given
}

func newFunction() *function {
	return &function{
		versions:      map[string]attributes{latest: {}},
		code:          map[string]string{},
		permissions:   map[string]*permissions{},
		invokeConfigs: map[string]eventInvokeConfig{},
	}
}

// functions is what the gateway keeps of all functions.
type functions struct {
	mutex sync.Mutex
	kept  map[functionKey]*function
}

func newFunctions() *functions { return &functions{kept: map[functionKey]*function{}} }

// with runs something on what is kept of a function, alone. A function of which nothing is kept yet is begun.
func (f *functions) with(key functionKey, use func(*function)) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.kept[key] == nil {
		f.kept[key] = newFunction()
	}
	use(f.kept[key])
}

// look runs something on what is kept of a function, alone, if anything is.
func (f *functions) look(key functionKey, use func(*function)) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if kept := f.kept[key]; kept != nil {
		use(kept)
	}
}

// drop forgets a function, or one of its versions.
func (f *functions) drop(key functionKey, qualifier string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if qualifier == "" {
		delete(f.kept, key)
		return
	}
	if kept := f.kept[key]; kept != nil {
		delete(kept.versions, qualifier)
		delete(kept.code, qualifier)
		delete(kept.permissions, qualifier)
		delete(kept.invokeConfigs, qualifier)
	}
}

// attributes of a version gives those of a version, or of what it was published from where nothing was kept.
func (f *function) attributes(version string) attributes {
	if kept, found := f.versions[version]; found {
		return kept
	}
	return f.versions[latest]
}

// freeze keeps the attributes and the code that a version is published with. Publishing again without a change gives the same
// version, which stays as it is.
func (f *function) freeze(version string) {
	if _, found := f.versions[version]; !found {
		f.versions[version] = maps.Clone(f.versions[latest])
		f.code[version] = f.code[latest]
	}
}
