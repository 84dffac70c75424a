package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrMalformed is in every error of [Parse]; what follows it is written as AWS writes it.
var ErrMalformed = errors.New("malformed policy")

// Versions of the policy language.
const (
	version2008 = "2008-10-17" // what a policy without a version is in; it has no variables
	version2012 = "2012-10-17"
)

// malformed makes an error that [ErrMalformed] is in.
func malformed(format string, arguments ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, arguments...))
}

// Parse reads a policy document. It checks the grammar only; what a service demands of its policies is checked by the
// service. Names of elements and effects mind the case, as they do at AWS, and no name may appear twice.
func Parse(text []byte) (*Document, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, malformed("Policies must be valid JSON and the first byte must be '{'")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value, err := decode(decoder)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("This policy contains invalid Json")
	}
	return parseDocument(value.(object))
}

func parseDocument(members object) (*Document, error) {
	document := &Document{Version: version2008}
	for _, m := range members {
		var err error
		switch m.name {
		case "Version":
			document.Version, err = parseVersion(m.value)
		case "Id":
			document.ID, err = parseString(m)
		case "Statement":
			document.Statements, err = parseStatements(m.value)
		default:
			err = malformed("Unknown field %s", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(document.Statements) == 0 {
		return nil, malformed("Missing required field Statement")
	}
	return document, nil
}

func parseVersion(value any) (string, error) {
	if value != version2008 && value != version2012 {
		return "", malformed("The policy must contain a valid version string")
	}
	return value.(string), nil
}

func parseString(m member) (string, error) {
	text, ok := m.value.(string)
	if !ok {
		return "", malformed("%s must be a string", m.name)
	}
	return text, nil
}
