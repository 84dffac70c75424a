// Package source reads the catalogue as people write it: YAML. Programs carry it as Go values (package catalogue), made
// from the YAML by 'go generate ./contract/catalogue', so that no function links a YAML reader or parses at its first event.
package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// Parse reads a catalogue from YAML and validates it. An unknown or repeated key is an error that names its line;
// everything else that is wrong is reported at once, as Faults. Whether AWS knows the rules' identifiers, triggers
// and parameters is not looked at here but by package managed, because its list is large and functions do without it.
func Parse(text []byte) (*catalogue.Catalogue, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var c catalogue.Catalogue
	if err := decoder.Decode(&c); err != nil {
		return nil, fmt.Errorf("parsing the catalogue (correct the YAML at the line given): %w", err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("parsing the catalogue: there is more after the first YAML document; make it one document")
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("validating the catalogue: %w", err)
	}
	return &c, nil
}
