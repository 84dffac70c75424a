package eventsvc

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// errPath is for a path that EventBridge does not understand.
var errPath = errors.New("is not a JSON path of names, indices and * in dot notation")

// step is one step of a path: into a field, an element, or (*) all of either.
type step struct {
	name  string
	index int
	kind  byte // 'n' a name, 'i' an index, '*' all
}

// path is a JSON path of the kind that EventBridge understands: $.detail.list[0].name, with * for all.
type path []step

var stepPattern = regexp.MustCompile(`^(?:\.([A-Za-z0-9_/-]+)|\.?(\*)|\[(\d{1,6})\]|\[(\*)\])`)

func parsePath(text string) (path, error) {
	if text == "" || text[0] != '$' {
		return nil, fmt.Errorf("%q %w", text, errPath)
	}
	parsed, rest := path{}, text[1:]
	for rest != "" {
		parts := stepPattern.FindStringSubmatch(rest)
		switch {
		case parts == nil:
			return nil, fmt.Errorf("%q %w", text, errPath)
		case parts[1] != "":
			parsed = append(parsed, step{kind: 'n', name: parts[1]})
		case parts[3] != "":
			index, _ := strconv.Atoi(parts[3]) // six digits
			parsed = append(parsed, step{kind: 'i', index: index})
		default:
			parsed = append(parsed, step{kind: '*'})
		}
		rest = rest[len(parts[0]):]
	}
	return parsed, nil
}

// find gives what a path leads to. One with * gives a list.
func (p path) find(value any) (any, bool) {
	if len(p) == 0 {
		return value, true
	}
	switch p[0].kind {
	case 'n':
		object, _ := value.(map[string]any)
		field, found := object[p[0].name]
		if !found {
			return nil, false
		}
		return p[1:].find(field)
	case 'i':
		array, _ := value.([]any)
		if p[0].index >= len(array) {
			return nil, false
		}
		return p[1:].find(array[p[0].index])
	}
	return p.findAll(value)
}

func (p path) findAll(value any) (any, bool) {
	found := []any{}
	for _, element := range children(value) {
		if one, ok := p[1:].find(element); ok {
			found = append(found, one)
		}
	}
	return found, len(found) > 0
}
