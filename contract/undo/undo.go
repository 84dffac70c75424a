// Package undo is what an operator and the remediator say to each other when a fix is to be undone: the event that the
// function is invoked with, and what it answers.
package undo

import (
	"encoding/json"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Request asks for one fix to be undone.
type Request struct {
	Key    string `json:"key"`    // of the fix's record in the reports bucket
	By     string `json:"by"`     // who asks, for the record and the mail
	DryRun bool   `json:"dryRun"` // say what would be done, and do nothing
}

// Event is the request as the remediator's event.
func (r Request) Event() []byte {
	event := map[string]any{"source": names.EventSourceOperator, "detail-type": names.DetailTypeUndo, "detail": r}
	text, _ := json.Marshal(event) //nolint:errchkjson // texts and a truth value can't fail to marshal
	return text
}

// Outcome is what came of a request.
type Outcome string

// Outcomes. What failed is an error of the function in their place.
const (
	Undone    Outcome = "undone"     // the resource is as it was before the fix
	WouldUndo Outcome = "would-undo" // nothing is in the way; it was a dry run
	Refused   Outcome = "refused"    // nothing was changed, and Why says why
)

// Answer is what the remediator answers.
type Answer struct {
	Outcome      Outcome  `json:"outcome"`
	Why          string   `json:"why,omitempty"`
	Rule         string   `json:"rule,omitempty"`
	ResourceType string   `json:"resourceType,omitempty"`
	ResourceID   string   `json:"resourceId,omitempty"`
	Changes      []Change `json:"changes,omitempty"` // of the undoing: Before is what the fix left
}

// Change is what happens to one property of the resource. The values are for people.
type Change struct {
	Property string `json:"property"`
	Before   string `json:"before"`
	After    string `json:"after"`
}
