package catalogue

import "fmt"

// Fault is one thing that is wrong with a catalogue, a selection or a rule. Several come joined by errors.Join.
type Fault struct {
	Subject  string // what it is about, such as `rule "s3-encryption"`
	Field    string // which of its fields
	Value    string // the field's value, as given
	Expected string // what would be right
}

// Error says all four in one line.
func (f Fault) Error() string {
	return fmt.Sprintf("%s: %s %q: expected %s", f.Subject, f.Field, f.Value, f.Expected)
}

// expectation is what a field's value should be, and whether it is.
type expectation struct {
	field, value, expected string
	met                    bool
}

// unmet is a fault for each expectation that is not met.
func unmet(subject string, expectations []expectation) []error {
	var faults []error
	for _, e := range expectations {
		if !e.met {
			faults = append(faults, Fault{Subject: subject, Field: e.field, Value: e.value, Expected: e.expected})
		}
	}
	return faults
}
