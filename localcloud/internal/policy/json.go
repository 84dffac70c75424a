package policy

import (
	"encoding/json"
	"slices"
)

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	name  string
	value any
}

// decode reads one JSON value, and refuses a name that appears twice in an object.
func decode(decoder *json.Decoder) (any, error) {
	first, err := decoder.Token()
	if err != nil {
		return nil, malformed("This policy contains invalid Json")
	}
	switch first {
	case json.Delim('{'):
		return decodeObject(decoder)
	case json.Delim('['):
		return decodeArray(decoder)
	}
	return first, nil
}

func decodeObject(decoder *json.Decoder) (any, error) {
	members := object{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, malformed("This policy contains invalid Json")
		}
		if slices.ContainsFunc(members, func(m member) bool { return m.name == name }) {
			return nil, malformed("This policy contains duplicate keys: %v", name)
		}
		value, err := decode(decoder)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name: name.(string), value: value})
	}
	return members, closing(decoder)
}

func decodeArray(decoder *json.Decoder) (any, error) {
	elements := []any{}
	for decoder.More() {
		value, err := decode(decoder)
		if err != nil {
			return nil, err
		}
		elements = append(elements, value)
	}
	return elements, closing(decoder)
}

// closing reads the bracket at the end.
func closing(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return malformed("This policy contains invalid Json")
	}
	return nil
}
