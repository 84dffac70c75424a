package functions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// numbered is an exemption and the line on which it begins.
type numbered struct {
	line  int
	value *exemption
}

var errShape = errors.New("expected one list under the key exemptions; an empty one is written 'exemptions: []'")

// parseExemptions reads the YAML. An unknown or repeated field is a fault, because it could be the one that matters.
func parseExemptions(file string, content []byte) ([]numbered, error) {
	var root, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("parsing %s: %w", file, err)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("parsing %s: there is more after the first YAML document: make it one document", file)
	}
	list, line := exemptionsList(&root)
	if list == nil {
		return nil, fmt.Errorf("%s:%d: %w", file, line, errShape)
	}
	var found []numbered
	var faults []error
	for _, item := range list.Content {
		if item.Kind != yaml.MappingNode {
			faults = append(faults, fmt.Errorf("%s:%d: expected an exemption with %s", file, item.Line,
				strings.Join(fieldNames, ", ")))
			continue
		}
		one := numbered{line: item.Line, value: &exemption{}}
		found = append(found, one)
		faults = append(faults, fill(one.value, item, file)...)
	}
	return found, errors.Join(faults...)
}

// exemptionsList is the list in the file, or nil and the line on which it should have been.
func exemptionsList(root *yaml.Node) (*yaml.Node, int) {
	if len(root.Content) != 1 {
		return nil, 1
	}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode || len(top.Content) != 2 || top.Content[0].Value != "exemptions" {
		return nil, top.Line
	}
	if top.Content[1].Kind != yaml.SequenceNode {
		return nil, top.Content[1].Line
	}
	return top.Content[1], 0
}

// fill copies the fields of an item of the list, and says what is wrong with their form.
func fill(e *exemption, item *yaml.Node, file string) []error {
	var faults []error
	fields := e.fields()
	for i := 0; i < len(item.Content); i += 2 {
		key, value := item.Content[i], item.Content[i+1]
		field, ok := fields[key.Value]
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("%s:%d: field %q is unknown or repeated: expected %s, each once", file, key.Line,
				key.Value, strings.Join(fieldNames, ", ")))
		case value.Kind != yaml.ScalarNode, value.ShortTag() == "!!null":
			faults = append(faults, fmt.Errorf("%s:%d: field %q: expected text", file, value.Line, key.Value))
		default:
			*field = value.Value
		}
		delete(fields, key.Value)
	}
	return faults
}
