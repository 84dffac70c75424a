// Package exemptions reads config/exemptions.json: who has answered for leaving which resources as they are,
// and until when. The functions layer writes the object; the remediator may not act without having read it.
package exemptions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// SchemaVersion is the version of the document that this package reads.
const SchemaVersion = 1

// Exemption leaves the resources that Resource matches alone, for one rule and a time.
type Exemption struct {
	Rule     string `json:"rule"`     // the rule's short name
	Resource string `json:"resource"` // a resource id; * stands for any text, ? for any one character
	Owner    string `json:"owner"`
	Reason   string `json:"reason"`
	Expires  Date   `json:"expires"` // the last day on which it holds, in UTC
}

// Date is a day of the calendar, written YYYY-MM-DD.
type Date struct {
	midnight time.Time // at which it begins, in UTC
}

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2027-01-31", text)
	}
	d.midnight = day
	return nil
}

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) {
	return []byte(d.String()), nil
}

// String is the day as YYYY-MM-DD.
func (d Date) String() string {
	return d.midnight.Format(time.DateOnly)
}

// IsZero says whether no day was given.
func (d Date) IsZero() bool {
	return d.midnight.IsZero()
}

// List is all exemptions of a deployment. The zero List exempts nothing.
type List struct {
	exemptions []Exemption
}

type document struct {
	SchemaVersion int          `json:"schemaVersion"`
	Exemptions    *[]Exemption `json:"exemptions"`
}

// Parse reads the document and reports everything that is wrong with it at once. A field that it does not know is an
// error too, because it could be the one that says what is exempt.
func Parse(content []byte) (List, error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	var read document
	if err := decoder.Decode(&read); err != nil {
		return List{}, fmt.Errorf("parsing exemptions: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return List{}, errors.New("parsing exemptions: there is more after the document's end")
	}
	if read.SchemaVersion != SchemaVersion {
		return List{}, fmt.Errorf("parsing exemptions: schemaVersion is %d: expected %d; deploy the functions layer again",
			read.SchemaVersion, SchemaVersion)
	}
	if read.Exemptions == nil {
		return List{}, errors.New("parsing exemptions: the list exemptions is missing; an empty one is written []")
	}
	var faults []error
	for i, exemption := range *read.Exemptions {
		if err := exemption.faults(); err != nil {
			faults = append(faults, fmt.Errorf("parsing exemption %d: %w", i+1, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return List{}, err
	}
	return List{exemptions: *read.Exemptions}, nil
}

func (e Exemption) faults() error {
	var faults []error
	for _, field := range []struct{ name, value string }{
		{"rule", e.Rule}, {"resource", e.Resource}, {"owner", e.Owner}, {"reason", e.Reason},
	} {
		if field.value == "" {
			faults = append(faults, fmt.Errorf("%s is missing", field.name))
		}
	}
	if e.Expires.IsZero() {
		faults = append(faults, errors.New("expires is missing"))
	}
	return errors.Join(faults...)
}

// Find returns the exemption that holds for a resource and a rule, by its short name, at the given time.
func (l List) Find(rule, resource string, now time.Time) (Exemption, bool) {
	for _, exemption := range l.exemptions {
		if exemption.Covers(rule, resource, now) {
			return exemption, true
		}
	}
	return Exemption{}, false
}

func (e Exemption) holds(now time.Time) bool {
	return now.Before(e.Expires.midnight.AddDate(0, 0, 1))
}
