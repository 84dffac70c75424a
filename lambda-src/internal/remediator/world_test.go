package remediator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
)

const account = "123456789012"

var (
	now      = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ordering = now.Add(-time.Hour)
)

// world is a handler and what it acts on.
type world struct {
	*cloud
	metrics metrics
	logged  *bytes.Buffer
	clock   time.Time
	pauses  int
	handler *remediator.Handler
}

// newWorld has one violating resource, data, of a rule whose mode is given.
func newWorld(mode string) *world {
	w := &world{cloud: newCloud(), metrics: metrics{}, logged: &bytes.Buffer{}, clock: now}
	w.resources["data"] = &live{state: bad}
	w.violating["monitor-test-s3-encryption"] = []string{"data"}
	w.exempt()
	w.handler = &remediator.Handler{
		Prefix: "monitor-test",
		Catalogue: &catalogue.Catalogue{Remediations: []catalogue.Remediation{{Name: "fix"}}, Rules: []catalogue.Rule{
			{Name: "s3-encryption", Severity: catalogue.High, Remediation: "fix"},
			{Name: "s3-kms", Severity: catalogue.Critical, Remediation: "fix"},
			{Name: "s3-other", Severity: catalogue.Low, Remediation: "not-in-this-version"},
			{Name: "s3-manual", Severity: catalogue.Low},
		}},
		Modes:        env.NewModes(mode, nil),
		Rules:        env.Rules{},
		Remediations: map[string]remediation.Remediation{"fix": fix{w.cloud}},
		Store:        w.cloud, Config: w.cloud, Topic: w.cloud, Metrics: counting{&sync.Mutex{}, w.metrics},
		Log: slog.New(slog.NewJSONHandler(w.logged, nil)), Now: func() time.Time { return w.clock },
		Pause: func(context.Context, time.Duration) error { w.pauses++; return nil },
	}
	return w
}

func (w *world) exempt(exemptions ...string) {
	w.objects[names.ExemptionsKey] = []byte(`{"schemaVersion":1,"exemptions":[` + strings.Join(exemptions, ",") + `]}`)
}

func request(id string) context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		AwsRequestID: id, InvokedFunctionArn: "arn:aws:lambda:us-east-1:" + account + ":function:monitor-test-remediator",
	})
}

// event tells that a resource has got a compliance type by a rule.
func event(rule, id, compliance string) []byte { return eventAt(rule, id, compliance, ordering) }

func eventAt(rule, id, compliance string, ordering time.Time) []byte {
	return fmt.Appendf(nil, `{"id":"event-1","source":"aws.config","detail-type":"Config Rules Compliance Change","account":%q,"region":"us-east-1",
		"detail":{"messageType":"ComplianceChangeNotification","configRuleName":%q,"resourceType":"AWS::S3::Bucket","resourceId":%q,
		"awsRegion":"us-east-1","awsAccountId":%q,
		"newEvaluationResult":{"evaluationResultIdentifier":{"orderingTimestamp":%q},"complianceType":%q}}}`,
		account, rule, id, account, ordering.Format(time.RFC3339Nano), compliance)
}

var (
	violation = event("monitor-test-s3-encryption", "data", "NON_COMPLIANT")
	schedule  = []byte(`{"source":"aws.events","detail-type":"Scheduled Event"}`)
)

// violates is the violation of data for which AWS Config has the result of the given ordering.
func violates(ordering time.Time) []byte {
	return eventAt("monitor-test-s3-encryption", "data", "NON_COMPLIANT", ordering)
}

func (w *world) handle(requestID string, payload []byte) error {
	return w.handler.Handle(request(requestID), payload)
}

// records are all records in the bucket.
func (w *world) records() []remediator.Record {
	var all []remediator.Record
	for key, content := range w.objects {
		if strings.HasPrefix(key, names.RemediationsPrefix) {
			var record remediator.Record
			Expect(json.Unmarshal(content, &record)).To(Succeed())
			Expect(key).To(Equal(record.Key()))
			all = append(all, record)
		}
	}
	return all
}

// record is the only record in the bucket.
func (w *world) record() remediator.Record {
	GinkgoHelper()
	all := w.records()
	Expect(all).To(HaveLen(1))
	return all[0]
}

// counted are the ids that the rule's breaker has counted, in all hours.
func (w *world) counted() []string {
	GinkgoHelper()
	var all []string
	for _, content := range w.under(names.BreakerPrefix + "s3-encryption/") {
		var tally struct{ Counted []string }
		Expect(json.Unmarshal(content, &tally)).To(Succeed())
		all = append(all, tally.Counted...)
	}
	return all
}

// remembered is the history of fixes of the only resource that has one.
func (w *world) remembered() (history struct {
	Fixes []struct {
		Record string
		At     time.Time
		Undone *remediator.Undo
	}
	FoughtAt time.Time
},
) {
	GinkgoHelper()
	found := w.under(names.FixesPrefix + "s3-encryption/")
	Expect(found).To(HaveLen(1))
	for _, content := range found {
		Expect(json.Unmarshal(content, &history)).To(Succeed())
	}
	return history
}

// under are the objects whose keys start with a prefix.
func (w *world) under(prefix string) map[string][]byte {
	found := map[string][]byte{}
	for key, content := range w.objects {
		if strings.HasPrefix(key, prefix) {
			found[key] = content
		}
	}
	return found
}
