package eventpattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
)

// ErrNotAnObject is the error for an event that is no object of JSON.
var ErrNotAnObject = errors.New("the event is not a JSON object")

// leaf is a value in an event, and which elements of which arrays it is in. Of an array of plain values the elements
// don't count.
type leaf struct {
	value string
	place map[int]int
}

// Event is an event that patterns can be tried on.
type Event struct {
	leaves map[string][]leaf // by path
}

// ReadEvent reads an event.
func ReadEvent(text []byte) (*Event, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var root map[string]any
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAnObject, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: something follows it", ErrNotAnObject)
	}
	if root == nil {
		return nil, ErrNotAnObject
	}
	reader := &reader{event: &Event{leaves: map[string][]leaf{}}, place: map[int]int{}}
	reader.object(nil, root)
	return reader.event, nil
}

// reader takes an event apart.
type reader struct {
	event  *Event
	place  map[int]int
	arrays int
}

func (r *reader) object(path []string, object map[string]any) {
	for name, value := range object {
		r.value(append(path[:len(path):len(path)], name), value)
	}
}

func (r *reader) value(path []string, value any) {
	switch value := value.(type) {
	case map[string]any:
		r.object(path, value)
	case []any:
		r.array(path, value)
	case string:
		r.leaf(path, quote(value))
	case nil:
		r.leaf(path, "null")
	default:
		r.leaf(path, fmt.Sprint(value))
	}
}

func (r *reader) array(path []string, elements []any) {
	array := r.arrays
	r.arrays++
	for i, element := range elements {
		switch element.(type) {
		case map[string]any, []any:
			r.place[array] = i
			r.value(path, element)
			delete(r.place, array)
		default:
			r.value(path, element)
		}
	}
}

func (r *reader) leaf(path []string, value string) {
	name := strings.Join(path, ".")
	r.event.leaves[name] = append(r.event.leaves[name], leaf{value: value, place: maps.Clone(r.place)})
}
