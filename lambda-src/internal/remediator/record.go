package remediator

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// SchemaVersion is the version of the objects under remediations/.
const SchemaVersion = 1

// Outcome says how far a remediation has come.
type Outcome string

// Outcomes. Applying and Undoing are those of a record that an invocation has claimed, or died with; all others are final
// for their run. Verified is for good, unless an operator undoes it; then Undone is.
const (
	Exempt    Outcome = "exempt"
	OptedOut  Outcome = "opted-out"
	Gone      Outcome = "gone"
	Compliant Outcome = "already-compliant"
	Owned     Outcome = "owned-by-iac"
	ByHand    Outcome = "by-hand" // there is no plan that a machine may carry out
	Planned   Outcome = "planned"
	Breaker   Outcome = "breaker" // the rule's changes of this hour are made
	Fight     Outcome = "fight"   // somebody undoes the fix
	Applying  Outcome = "applying"
	Verified  Outcome = "verified"
	Failed    Outcome = names.OutcomeFailed
	Undoing   Outcome = "applying-undo"
	Undone    Outcome = "undone"
)

// told says whether people are mailed about an outcome.
func (o Outcome) told() bool {
	switch o {
	case Owned, ByHand, Planned, Breaker, Fight, Verified, Failed, Undone:
		return true
	default:
		return false
	}
}

// Undo says who has had a fix undone, and when.
type Undo struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Record is one object under remediations/: what was decided and done about one result.
type Record struct {
	SchemaVersion int                `json:"schemaVersion"`
	ID            string             `json:"id"`
	Rule          string             `json:"rule"`       // short name
	ConfigRule    string             `json:"configRule"` // name in AWS Config
	Severity      catalogue.Severity `json:"severity"`
	Remediation   string             `json:"remediation"`
	ResourceType  string             `json:"resourceType"`
	ResourceID    string             `json:"resourceId"`
	Account       string             `json:"account"`
	Region        string             `json:"region"`
	Ordering      time.Time          `json:"orderingTimestamp"`
	Mode          string             `json:"mode"`
	Outcome       Outcome            `json:"outcome"`
	Why           string             `json:"why,omitempty"`
	Changes       []Change           `json:"changes,omitempty"`
	Before        json.RawMessage    `json:"before,omitempty"` // the whole state before the first write
	After         json.RawMessage    `json:"after,omitempty"`
	Attempted     bool               `json:"attempted"` // whether a write was, or may have been, tried
	Claim         *invocation.Claim  `json:"claim,omitempty"`
	Undo          *Undo              `json:"undo,omitempty"`
	Updated       time.Time          `json:"updatedAt"`
	Evaluation    string             `json:"evaluation,omitempty"` // what became of asking AWS Config to look again
	Told          Outcome            `json:"told,omitempty"`       // the outcome that people were mailed about last

	done bool // the history of fixes has this one; it is not a part of the object
}

// Change is what happens to one property.
type Change = remediation.Change

// Key is the record's key in the bucket.
func (r Record) Key() string {
	return names.RemediationKey(r.Ordering, r.ID)
}

// target is the resource that the record is about.
func (r Record) target() resource.Resource {
	return resource.Resource{Type: r.ResourceType, ID: r.ResourceID, Account: r.Account, Region: r.Region}
}

// faults says why a record that was read at a key can't be used.
func (r Record) faults(key string) error {
	undone := r.Outcome == Undoing || r.Outcome == Undone
	if r.SchemaVersion != SchemaVersion || r.Key() != key || undone != (r.Undo != nil) {
		return fmt.Errorf("reading the record %s: it is damaged, or of another version; restore the object's version before", key)
	}
	return nil
}

// toTell says whether people still have to be told of the record's outcome.
func (r Record) toTell() bool {
	return r.Outcome.told() && r.Told != r.Outcome
}
