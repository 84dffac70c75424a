// Package settings reads a layer's Pulumi config into typed values. Every fault is kept and all are reported at once;
// a malformed value is a fault, never a default.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Fault says which setting is wrong, what it holds and what was expected.
type Fault struct {
	Key      string // with the project's name, as in Pulumi.<stack>.yaml
	Value    string
	Expected string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("setting %s is %q: expected %s", f.Key, f.Value, f.Expected)
}

// Reader reads the settings of one project and collects their faults.
type Reader struct {
	project string
	values  map[string]string // key without the project's name → value; structured values as JSON
	known   map[string]bool
	faults  []error
}

// NewReader reads from values, whose keys lack the project's name.
func NewReader(project string, values map[string]string) *Reader {
	return &Reader{project: project, values: values, known: map[string]bool{}}
}

// FromContext collects the values of the given keys from the running program's Pulumi config.
func FromContext(ctx *pulumi.Context, keys []string) map[string]string {
	values := map[string]string{}
	cfg := config.New(ctx, "")
	for _, key := range keys {
		if value, err := cfg.Try(key); err == nil {
			values[key] = value
		}
	}
	return values
}

// Fault records that the value of key is not what was expected.
func (r *Reader) Fault(key, value, expected string) {
	r.faults = append(r.faults, &Fault{Key: r.project + ":" + key, Value: value, Expected: expected})
}

// Join records the faults that a validator beyond this package found.
func (r *Reader) Join(err error) {
	if err != nil {
		r.faults = append(r.faults, err)
	}
}

// Err is nil when no setting is at fault; otherwise it holds every fault, those of unknown keys included.
func (r *Reader) Err() error {
	unknown := make([]string, 0, len(r.values))
	for key := range r.values {
		if !r.known[key] {
			unknown = append(unknown, key)
		}
	}
	sort.Strings(unknown)
	faults := slices.Clone(r.faults)
	for _, key := range unknown {
		faults = append(faults, &Fault{
			Key: r.project + ":" + key, Value: r.values[key],
			Expected: "no such setting; known are " + strings.Join(r.Keys(), ", "),
		})
	}
	return errors.Join(faults...)
}

// Keys lists the settings that were asked for so far, sorted.
func (r *Reader) Keys() []string {
	keys := make([]string, 0, len(r.known))
	for key := range r.known {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func (r *Reader) get(key string) (string, bool) {
	r.known[key] = true
	value, ok := r.values[key]
	return value, ok
}

// String reads a text, or def where there is none. The check says what was expected, or "" when the value is right.
func (r *Reader) String(key, def string, check func(string) string) string {
	value, ok := r.get(key)
	if !ok {
		value = def
	}
	if expected := check(value); expected != "" {
		r.Fault(key, value, expected)
	}
	return value
}

// Int reads a whole number from least to most, or def where there is none.
func (r *Reader) Int(key string, def, least, most int) int {
	value, ok := r.get(key)
	if !ok {
		return def
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < least || number > most {
		r.Fault(key, value, fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return number
}

// Bool reads true or false, or def where there is none.
func (r *Reader) Bool(key string, def bool) bool {
	switch value, ok := r.get(key); {
	case !ok:
		return def
	case value == "true":
		return true
	case value == "false":
		return false
	default:
		r.Fault(key, value, "true or false")
		return def
	}
}

// Object reads a structured value into a T, or def where there is none; shape describes it to people.
func Object[T any](r *Reader, key, shape string, def T) T {
	text, ok := r.get(key)
	if !ok {
		return def
	}
	var value T
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&value)
	if _, end := decoder.Token(); err != nil || !errors.Is(end, io.EOF) {
		r.Fault(key, text, shape)
		return def
	}
	return value
}

// Strings reads a list of texts, or def where there is none, checking each.
func (r *Reader) Strings(key string, def []string, check func(string) string) []string {
	values := Object(r, key, "a list of texts", def)
	for i, value := range values {
		if expected := check(value); expected != "" {
			r.Fault(fmt.Sprintf("%s[%d]", key, i), value, expected)
		} else if slices.Contains(values[:i], value) {
			r.Fault(fmt.Sprintf("%s[%d]", key, i), value, "each value once")
		}
	}
	return values
}
