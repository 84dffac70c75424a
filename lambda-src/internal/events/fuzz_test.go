package events_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
)

// real is an event as AWS sends it.
const real = `{"version":"0","id":"6b0c8f61-4a07-4b0b-9f0e-0f6f3f6f2a10","detail-type":"Config Rules Compliance Change",
"source":"aws.config","account":"123456789012","time":"2026-11-23T10:00:03Z","region":"us-east-1","resources":[],
"detail":{"resourceId":"data","resourceType":"AWS::S3::Bucket","awsRegion":"us-east-1","awsAccountId":"123456789012",
"configRuleName":"monitor-test-s3-encryption","configRuleARN":"arn:aws:config:us-east-1:123456789012:config-rule/config-rule-abc123",
"recordVersion":"1.0","messageType":"ComplianceChangeNotification","notificationCreationTime":"2026-11-23T10:00:03.000Z",
"newEvaluationResult":{"evaluationResultIdentifier":{"evaluationResultQualifier":{"configRuleName":"monitor-test-s3-encryption",
"resourceType":"AWS::S3::Bucket","resourceId":"data"},"orderingTimestamp":"2026-11-23T10:00:00.138Z"},"complianceType":"NON_COMPLIANT",
"resultRecordedTime":"2026-11-23T10:00:02.000Z","configRuleInvokedTime":"2026-11-23T10:00:01.000Z","annotation":"no default encryption"},
"oldEvaluationResult":{"evaluationResultIdentifier":{"evaluationResultQualifier":{"configRuleName":"monitor-test-s3-encryption",
"resourceType":"AWS::S3::Bucket","resourceId":"data"},"orderingTimestamp":"2026-11-22T10:00:00.138Z"},"complianceType":"COMPLIANT",
"resultRecordedTime":"2026-11-22T10:00:02.000Z","configRuleInvokedTime":"2026-11-22T10:00:01.000Z"}}}`

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		real, `{}`, `null`, `[]`, ``, `{"source":"aws.config","detail-type":"Config Rules Compliance Change","detail":null}`,
		`{"source":"aws.events","detail-type":"Scheduled Event"}`,
		`{"source":"aws.config","detail-type":"Config Rules Compliance Change","detail":{"messageType":"ComplianceChangeNotification",` +
			`"newEvaluationResult":{"evaluationResultIdentifier":{"orderingTimestamp":"0000-01-01T00:00:00Z"}}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		event, err := events.Parse(payload)
		if err != nil {
			if !errors.Is(err, events.ErrMalformed) || event.Kind != events.Unknown {
				t.Fatalf("kind %d with error %v", event.Kind, err)
			}
			return
		}
		if !json.Valid(payload) {
			t.Fatal("read what is not JSON")
		}
		if event.Kind != events.ComplianceChange {
			return
		}
		change := event.Change
		if change.ConfigRule == "" || change.ResourceType == "" || change.ResourceID == "" || change.Account == "" || change.Compliance == "" {
			t.Fatalf("a change without identity: %+v", change)
		}
		for _, at := range []time.Time{change.Ordering, change.Recorded} {
			if _, err := json.Marshal(at); err != nil {
				t.Fatalf("a time that can't be stored: %v", err)
			}
		}
		if key := names.EventKey(change.Ordering, change.ID()); len(key) != len("events/2026/11/23/.json")+32 {
			t.Fatalf("an unusual key: %s", key)
		}
	})
}
