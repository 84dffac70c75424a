package configsvc

import (
	"encoding/json"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
)

// record records what an evaluation found, unless the rule is not there any more.
func (e *engine) record(rule *entry, result Result) {
	e.recording.Lock()
	defer e.recording.Unlock()
	if e.book.get(rule.key) == rule {
		e.announce(rule.key, rule.arn, e.results.follow(rule.key, result))
	}
}

// insert records a result that a test puts in, and reports false where a newer one is there.
func (e *engine) insert(key ruleKey, arn string, result Result) bool {
	e.recording.Lock()
	defer e.recording.Unlock()
	change, recorded := e.results.put(key, result)
	if recorded {
		e.announce(key, arn, change)
	}
	return recorded
}

// remove records that a resource does not exist any more.
func (e *engine) remove(rule *entry, resource resourceKey) {
	e.recording.Lock()
	defer e.recording.Unlock()
	if e.book.get(rule.key) != rule {
		return
	}
	if change, found := e.results.remove(rule.key, resource, e.clock.Now()); found {
		e.announce(rule.key, rule.arn, change)
	}
}

// announce puts an event on the bus if the compliance changed. Recording is locked, so events are in the order of the
// results.
func (e *engine) announce(key ruleKey, arn string, change recorded) {
	if change.changed() {
		e.outbox.put(key.region, changeEvent(key, arn, change, e.clock.Now()))
	}
}

// busEvent is a change of compliance as it is on the event bus.
type busEvent struct {
	Version    string      `json:"version"`
	ID         string      `json:"id"`
	DetailType string      `json:"detail-type"`
	Source     string      `json:"source"`
	Account    string      `json:"account"`
	Time       string      `json:"time"`
	Region     string      `json:"region"`
	Resources  []string    `json:"resources"`
	Detail     eventDetail `json:"detail"`
}

type eventDetail struct {
	ResourceID   string       `json:"resourceId"`
	ResourceType string       `json:"resourceType"`
	Region       string       `json:"awsRegion"`
	Account      string       `json:"awsAccountId"`
	RuleName     string       `json:"configRuleName"`
	RuleARN      string       `json:"configRuleARN"`
	Version      string       `json:"recordVersion"`
	MessageType  string       `json:"messageType"`
	Created      string       `json:"notificationCreationTime"`
	New          *eventResult `json:"newEvaluationResult"`
	Old          *eventResult `json:"oldEvaluationResult,omitempty"`
}

type eventResult struct {
	Identifier struct {
		Qualifier struct {
			RuleName     string `json:"configRuleName"`
			ResourceType string `json:"resourceType"`
			ResourceID   string `json:"resourceId"`
		} `json:"evaluationResultQualifier"`
		Ordering string `json:"orderingTimestamp"`
	} `json:"evaluationResultIdentifier"`
	Compliance string `json:"complianceType"`
	Recorded   string `json:"resultRecordedTime"`
	Invoked    string `json:"configRuleInvokedTime"`
	Annotation string `json:"annotation,omitempty"`
}

// Times in events: of the event itself to the second, of results to the millisecond.
const (
	eventTime  = "2006-01-02T15:04:05Z"
	resultTime = "2006-01-02T15:04:05.000Z"
)

// changeEvent makes the event of a change of compliance.
func changeEvent(key ruleKey, arn string, change recorded, now time.Time) json.RawMessage {
	event := busEvent{
		Version: "0", ID: awserr.RequestID(), DetailType: "Config Rules Compliance Change", Source: "aws.config",
		Account: evaluate.AccountID, Time: now.UTC().Format(eventTime), Region: key.region, Resources: []string{},
		Detail: eventDetail{
			ResourceID: change.now.ResourceID, ResourceType: change.now.ResourceType,
			Region: key.region, Account: evaluate.AccountID, RuleName: key.name, RuleARN: arn,
			Version: "1.0", MessageType: "ComplianceChangeNotification", Created: now.UTC().Format(resultTime),
			New: eventResultOf(key.name, change.now),
		},
	}
	if change.before != nil {
		event.Detail.Old = eventResultOf(key.name, *change.before)
	}
	text, _ := json.Marshal(event) //nolint:errchkjson // strings marshal
	return text
}

func eventResultOf(rule string, result Result) *eventResult {
	wire := &eventResult{
		Compliance: result.Compliance, Annotation: result.Annotation,
		Recorded: result.Recorded.UTC().Format(resultTime), Invoked: result.Invoked.UTC().Format(resultTime),
	}
	wire.Identifier.Ordering = result.Ordering.UTC().Format(resultTime)
	qualifier := &wire.Identifier.Qualifier
	qualifier.RuleName, qualifier.ResourceType, qualifier.ResourceID = rule, result.ResourceType, result.ResourceID
	return wire
}
