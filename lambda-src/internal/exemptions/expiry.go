package exemptions

import (
	"slices"
	"time"
)

// All are all exemptions of the list, in its order, also those that have ended.
func (l List) All() []Exemption {
	return slices.Clone(l.exemptions)
}

// DaysLeft is how many days after today the exemption holds: 0 on its last day, in UTC, and less when it has ended.
func (e Exemption) DaysLeft(now time.Time) int {
	today := now.UTC().Truncate(hoursOfDay)
	return int(e.Expires.midnight.Sub(today) / hoursOfDay)
}

const hoursOfDay = 24 * time.Hour

// Covers says whether the exemption holds for a resource and a rule, by its short name, at the given time.
func (e Exemption) Covers(rule, resource string, now time.Time) bool {
	return e.Rule == rule && e.holds(now) && match(e.Resource, resource)
}
