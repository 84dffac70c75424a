package events

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Compliance types of evaluation results, as AWS Config spells them.
const (
	Compliant        = "COMPLIANT"
	NonCompliant     = "NON_COMPLIANT"
	NotApplicable    = "NOT_APPLICABLE" // also what a deleted resource gets
	InsufficientData = "INSUFFICIENT_DATA"
)

// Result identifies one evaluation result: a rule's verdict on a resource at one point of its history.
type Result struct {
	ConfigRule   string    // the rule's full name in AWS Config
	ResourceType string    // such as AWS::S3::Bucket
	ResourceID   string    // as AWS Config knows it: an IAM user's is its AIDA… id, not its name
	Ordering     time.Time // AWS's orderingTimestamp: which version of the result this is
}

// ID is the same for each copy of a result and, in effect, for no other: 32 hexadecimal digits.
func (r Result) ID() string {
	hash := sha256.New()
	for _, field := range []string{r.ConfigRule, r.ResourceType, r.ResourceID, r.Ordering.UTC().Format(time.RFC3339Nano)} {
		_, _ = io.WriteString(hash, field+"\x00")
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

// Change is a change of a resource's compliance with a rule.
type Change struct {
	Result
	Account    string
	Region     string
	Compliance string    // the new compliance type
	Previous   string    // the one before, or "" at a first evaluation
	Recorded   time.Time // when AWS Config recorded the new result; zero if it does not say
	Annotation string    // what the rule says about the result, if anything
}

type detail struct {
	MessageType  string      `json:"messageType"`
	ConfigRule   string      `json:"configRuleName"`
	ResourceType string      `json:"resourceType"`
	ResourceID   string      `json:"resourceId"`
	Account      string      `json:"awsAccountId"`
	Region       string      `json:"awsRegion"`
	New          *evaluation `json:"newEvaluationResult"`
	Old          *evaluation `json:"oldEvaluationResult"`
}

type evaluation struct {
	Identifier struct {
		Ordering time.Time `json:"orderingTimestamp"`
	} `json:"evaluationResultIdentifier"`
	Compliance string    `json:"complianceType"`
	Recorded   time.Time `json:"resultRecordedTime"`
	Annotation string    `json:"annotation"`
}

func parseCompliance(event Event, outer envelope) (Event, error) {
	var inner detail
	if err := json.Unmarshal(outer.Detail, &inner); err != nil {
		return event, fmt.Errorf("%w: reading the detail: %w", ErrMalformed, err)
	}
	switch {
	case inner.MessageType != names.MessageTypeCompliance:
		return event, nil
	case inner.New == nil:
		event.Kind = ResultWithdrawn
		return event, nil
	}
	change := Change{
		Result: Result{
			ConfigRule:   inner.ConfigRule,
			ResourceType: inner.ResourceType,
			ResourceID:   inner.ResourceID,
			Ordering:     inner.New.Identifier.Ordering.UTC(),
		},
		Account:    inner.Account,
		Region:     inner.Region,
		Compliance: inner.New.Compliance,
		Recorded:   inner.New.Recorded.UTC(),
		Annotation: inner.New.Annotation,
	}
	if inner.Old != nil {
		change.Previous = inner.Old.Compliance
	}
	if err := change.faults(); err != nil {
		return event, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if outer.Account != change.Account {
		return event, fmt.Errorf("%w: account is %q in the envelope and %q in the detail", ErrMalformed, outer.Account, change.Account)
	}
	event.Kind, event.Change = ComplianceChange, change
	return event, nil
}

// faults lists everything without which a change can't be told from another.
func (c Change) faults() error {
	var faults []error
	for _, field := range []struct{ name, value string }{
		{"configRuleName", c.ConfigRule},
		{"resourceType", c.ResourceType},
		{"resourceId", c.ResourceID},
		{"awsAccountId", c.Account},
		{"awsRegion", c.Region},
		{"newEvaluationResult.complianceType", c.Compliance},
	} {
		if field.value == "" {
			faults = append(faults, fmt.Errorf("%s is missing", field.name))
		}
	}
	if year := c.Ordering.Year(); year < 2 || year > 9998 {
		faults = append(faults, errors.New("newEvaluationResult.evaluationResultIdentifier.orderingTimestamp is missing or out of range"))
	}
	if c.Recorded.Year() > 9998 {
		faults = append(faults, errors.New("newEvaluationResult.resultRecordedTime is out of range"))
	}
	return errors.Join(faults...)
}
