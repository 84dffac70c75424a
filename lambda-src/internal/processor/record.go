package processor

import (
	"encoding/json"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
)

// SchemaVersion is the version of the objects under events/.
const SchemaVersion = 1

// Transition says what a change means to people.
type Transition string

// Transitions. Only a violation and a resolution are told by mail.
const (
	Violation  Transition = "violation"  // the resource is not compliant now
	Resolution Transition = "resolution" // it was not, and now is, or the rule does not apply to it any more
	Other      Transition = "other"      // nothing that anybody has to know at once
)

// Delivery says how far the notification of an event has come.
type Delivery string

// Deliveries.
const (
	NotNeeded  Delivery = "not-needed"
	Pending    Delivery = "pending"
	Sent       Delivery = "sent"       // by a mail of its own
	Summarised Delivery = "summarised" // in the summary of a flood
)

// Record is one object under events/.
type Record struct {
	SchemaVersion int                `json:"schemaVersion"`
	ID            string             `json:"id"`
	Rule          string             `json:"rule"`       // short name
	ConfigRule    string             `json:"configRule"` // name in AWS Config
	Severity      catalogue.Severity `json:"severity"`
	ResourceType  string             `json:"resourceType"`
	ResourceID    string             `json:"resourceId"`
	Account       string             `json:"account"`
	Region        string             `json:"region"`
	Compliance    string             `json:"compliance"`
	Previous      string             `json:"previousCompliance,omitempty"`
	Transition    Transition         `json:"transition"`
	Annotation    string             `json:"annotation,omitempty"`
	Ordering      time.Time          `json:"orderingTimestamp"`
	Recorded      time.Time          `json:"resultRecordedTime,omitzero"`
	Received      time.Time          `json:"receivedAt"`
	Notification  Notification       `json:"notification"`
	Event         json.RawMessage    `json:"event"` // as EventBridge delivered it
}

// Notification is what became of an event's mail.
type Notification struct {
	Delivery  Delivery          `json:"delivery"`
	Claim     *invocation.Claim `json:"claim,omitempty"`       // while pending
	Window    time.Time         `json:"window,omitzero"`       // while pending, and if summarised: the minute that its mail counts in
	Owes      bool              `json:"owesSummary,omitempty"` // while pending: it opened the window, and was taken over
	SentAt    time.Time         `json:"sentAt,omitzero"`
	MessageID string            `json:"messageId,omitempty"` // SNS's
}

func newRecord(event events.Event, rule catalogue.Rule, payload []byte, now time.Time) Record {
	change := event.Change
	record := Record{
		SchemaVersion: SchemaVersion,
		ID:            change.ID(),
		Rule:          rule.Name,
		ConfigRule:    change.ConfigRule,
		Severity:      rule.Severity,
		ResourceType:  change.ResourceType,
		ResourceID:    change.ResourceID,
		Account:       change.Account,
		Region:        change.Region,
		Compliance:    change.Compliance,
		Previous:      change.Previous,
		Transition:    transition(change.Previous, change.Compliance),
		Annotation:    change.Annotation,
		Ordering:      change.Ordering,
		Recorded:      change.Recorded,
		Received:      now.UTC(),
		Notification:  Notification{Delivery: NotNeeded},
		Event:         payload,
	}
	if record.Transition != Other {
		record.Notification.Delivery = Pending
	}
	return record
}

// Key is the record's key in the bucket.
func (r Record) Key() string {
	return names.EventKey(r.Ordering, r.ID)
}

// transition decides from the compliance type before, "" if there was none, and the one now.
// A result that stays NON_COMPLIANT is told too: AWS sends no event unless something has changed.
func transition(before, now string) Transition {
	switch {
	case now == events.NonCompliant:
		return Violation
	case before == events.NonCompliant && (now == events.Compliant || now == events.NotApplicable):
		return Resolution
	default:
		return Other
	}
}
