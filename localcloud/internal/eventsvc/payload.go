package eventsvc

import (
	"encoding/json"
	"errors"
)

// isJSON says whether a text is one value of JSON.
func isJSON(text []byte) bool { return json.Valid(text) }

// errNoInput is for an input path that leads nowhere.
var errNoInput = errors.New("the input path leads nowhere in the event")

// payload is what a target gets of an event.
func (t target) payload(event []byte, with about) ([]byte, error) {
	switch {
	case t.Input != nil:
		return []byte(*t.Input), nil
	case t.InputTransformer != nil:
		return t.InputTransformer.apply(event, with)
	case t.InputPath == nil || *t.InputPath == "" || *t.InputPath == "$":
		return event, nil
	}
	parsed, err := parsePath(*t.InputPath)
	if err != nil {
		return nil, err
	}
	root, err := decode(event)
	if err != nil {
		return nil, err
	}
	value, found := parsed.find(root)
	if !found {
		return nil, errNoInput
	}
	return []byte(encode(value)), nil
}
