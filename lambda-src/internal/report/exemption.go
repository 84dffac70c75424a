package report

import (
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
)

// Exemption is one exemption, and what it comes to.
type Exemption struct {
	exemptions.Exemption
	DaysLeft int `json:"daysLeft"` // after the day of the report; 0 on its last day, less when it has ended
	Covers   int `json:"covers"`   // violations of this report
}

// ExpiryDays is how many days before its end people are first told of an exemption.
const ExpiryDays = 14

// Expiring says whether the exemption still holds and will end soon.
func (e Exemption) Expiring() bool { return e.DaysLeft >= 0 && e.DaysLeft <= ExpiryDays }

// covering finds exemptions by rule, and counts what they cover.
type covering struct {
	all    []Exemption
	byRule map[string][]int
	now    time.Time
}

func newCovering(list []exemptions.Exemption, now time.Time) *covering {
	c := &covering{all: []Exemption{}, byRule: map[string][]int{}, now: now}
	for i, exemption := range list {
		c.all = append(c.all, Exemption{Exemption: exemption, DaysLeft: exemption.DaysLeft(now)})
		c.byRule[exemption.Rule] = append(c.byRule[exemption.Rule], i)
	}
	return c
}

// until is the end of the exemption that covers a violation, or "". The first one that covers it counts it.
func (c *covering) until(rule, resource string) string {
	for _, i := range c.byRule[rule] {
		if c.all[i].Exemption.Covers(rule, resource, c.now) {
			c.all[i].Covers++
			return c.all[i].Expires.String()
		}
	}
	return ""
}
