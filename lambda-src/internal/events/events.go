// Package events reads the EventBridge events that the functions are started by.
//
// AWS adds fields without notice and leaves out what it does not have; both are read without complaint.
// An event of another kind is not an error. Only what can't be read at all, or lacks what identifies a result, is.
package events

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// ErrMalformed is the error of every event that can't be read. Trying it again does not help.
var ErrMalformed = errors.New("malformed event")

// Kind says what an event tells.
type Kind int

// Kinds of events. The zero Kind is an event of no use here.
const (
	Unknown          Kind = iota
	ComplianceChange      // a resource's compliance with a rule has changed
	ResultWithdrawn       // a resource has no result any more: newEvaluationResult is null
	Schedule              // a schedule has come round
	Undo                  // an operator wants a fix undone
)

// Event is one event.
type Event struct {
	Kind   Kind
	ID     string // EventBridge's id: the same in each delivery of one event
	Change Change // of a ComplianceChange
	Undo   undo.Request
}

type envelope struct {
	ID         string          `json:"id"`
	Source     string          `json:"source"`
	DetailType string          `json:"detail-type"`
	Account    string          `json:"account"`
	Region     string          `json:"region"`
	Detail     json.RawMessage `json:"detail"`
}

// Parse reads an event. Its errors are ErrMalformed; the event they come with has its ID where that could be read.
func Parse(payload []byte) (Event, error) {
	var outer envelope
	if err := json.Unmarshal(payload, &outer); err != nil {
		return Event{}, fmt.Errorf("%w: reading the envelope: %w", ErrMalformed, err)
	}
	event := Event{ID: outer.ID}
	switch {
	case outer.Source == names.EventSourceSchedule && outer.DetailType == names.DetailTypeSchedule:
		event.Kind = Schedule
		return event, nil
	case outer.Source == names.EventSourceConfig && outer.DetailType == names.DetailTypeCompliance:
		return parseCompliance(event, outer)
	case outer.Source == names.EventSourceOperator && outer.DetailType == names.DetailTypeUndo:
		return parseUndo(event, outer)
	default:
		return event, nil
	}
}
