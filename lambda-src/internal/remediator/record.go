package remediator

import (
	"encoding/json"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

// SchemaVersion is the version of the objects under remediations/.
const SchemaVersion = 1

// Outcome says how far a remediation has come.
type Outcome string

// Outcomes. Applying is that of a record that an invocation has claimed, or died with; all others are final for their
// run, and Verified is for good.
const (
	Exempt    Outcome = "exempt"
	OptedOut  Outcome = "opted-out"
	Gone      Outcome = "gone"
	Compliant Outcome = "already-compliant"
	Owned     Outcome = "owned-by-iac"
	Planned   Outcome = "planned"
	Applying  Outcome = "applying"
	Verified  Outcome = "verified"
	Failed    Outcome = names.OutcomeFailed
)

// told says whether people are mailed about an outcome.
func (o Outcome) told() bool {
	return o == Owned || o == Planned || o == Verified || o == Failed
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
	Updated       time.Time          `json:"updatedAt"`
	Evaluation    string             `json:"evaluation,omitempty"` // what became of asking AWS Config to look again
	Told          Outcome            `json:"told,omitempty"`       // the outcome that people were mailed about last
}

// Change is what happens to one property.
type Change = remediation.Change

// Key is the record's key in the bucket.
func (r Record) Key() string {
	return names.RemediationKey(r.Ordering, r.ID)
}

// toTell says whether people still have to be told of the record's outcome.
func (r Record) toTell() bool {
	return r.Outcome.told() && r.Told != r.Outcome
}
