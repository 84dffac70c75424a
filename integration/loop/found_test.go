package loop_test

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// thing is a resource as AWS Config knows it.
type thing struct{ kind, id string }

// record is an object that the processor or the remediator keeps about one result.
type record struct {
	key string

	ID, Rule, ConfigRule, Severity, ResourceType, ResourceID string
	Ordering                                                 time.Time `json:"orderingTimestamp"`

	// The processor's.
	Compliance, PreviousCompliance, Transition string
	Notification                               struct {
		Delivery string
		Claim    *claim
	}
	Event json.RawMessage

	// The remediator's.
	Remediation, Mode, Outcome, Why, Told, Evaluation string
	Attempted                                         bool
	Before, After                                     json.RawMessage
	Changes                                           []contract.Change
	Undo                                              *struct{ By string }
	Claim                                             *claim
}

// claim says until when an invocation may be at work on a record.
type claim struct{ Until time.Time }

// claimedUntil is until when an invocation may be at work on the record; no time, if none is.
func (r record) claimedUntil() time.Time {
	switch {
	case r.Claim != nil:
		return r.Claim.Until
	case r.Notification.Delivery == "pending" && r.Notification.Claim != nil:
		return r.Notification.Claim.Until
	default:
		return time.Time{}
	}
}

// seen are objects that were read, by key and ETag: most do not change from one look to the next.
var seen = map[string][]byte{}

// content is an object of the reports bucket.
func content(ctx context.Context, key, etag string) []byte {
	GinkgoHelper()
	if found, ok := seen[key+etag]; ok && etag != "" {
		return found
	}
	object, err := clients.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	Expect(err).NotTo(HaveOccurred())
	defer object.Body.Close()
	found, err := io.ReadAll(object.Body)
	Expect(err).NotTo(HaveOccurred())
	seen[key+aws.ToString(object.ETag)] = found
	return found
}

// keys are the objects under a prefix of the reports bucket, with their ETags.
func keys(ctx context.Context, under string) map[string]string {
	GinkgoHelper()
	found := map[string]string{}
	pages := s3.NewListObjectsV2Paginator(clients.S3, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &under})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		Expect(err).NotTo(HaveOccurred())
		for _, object := range page.Contents {
			found[*object.Key] = aws.ToString(object.ETag)
		}
	}
	return found
}

// records are those under a prefix that are about a resource under a rule, the oldest result first.
func records(ctx context.Context, under, rule string, it thing) []record {
	GinkgoHelper()
	var all []record
	for key, etag := range keys(ctx, under) {
		one := record{key: key}
		Expect(json.Unmarshal(content(ctx, key, etag), &one)).To(Succeed(), key)
		if one.Rule == rule && one.ResourceType == it.kind && one.ResourceID == it.id {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b record) int { return a.Ordering.Compare(b.Ordering) })
	return all
}

// settled waits until the last record of the remediator about a resource has an outcome that people have been told of, or
// that nobody is told of, and returns it.
func settled(ctx context.Context, rule string, it thing, outcome string) record {
	GinkgoHelper()
	return settledSince(ctx, time.Time{}, rule, it, outcome)
}

// settledSince is settled for a result that is not older than a time of the local cloud's.
func settledSince(ctx context.Context, since time.Time, rule string, it thing, outcome string) record {
	GinkgoHelper()
	silent := slices.Contains([]string{"exempt", "opted-out", "gone", "already-compliant"}, outcome)
	var last record
	Eventually(ctx, func(g Gomega) {
		all := records(ctx, "remediations/", rule, it)
		g.Expect(all).NotTo(BeEmpty(), "there is no record of %s for %s", it, rule)
		last = all[len(all)-1]
		g.Expect(last.Ordering).NotTo(BeTemporally("<", since), "there is no record of the last result")
		g.Expect(last.Outcome).To(Equal(outcome), "why: %s", last.Why)
		g.Expect(silent || last.Told == outcome).To(BeTrue(), "people have not been told")
	}).Should(Succeed())
	return last
}

// compliance is what AWS Config's API says of a resource under a rule of ours; nothing where it says nothing.
func compliance(ctx context.Context, rule string, it thing) string {
	GinkgoHelper()
	pages := configservice.NewGetComplianceDetailsByConfigRulePaginator(clients.Config,
		&configservice.GetComplianceDetailsByConfigRuleInput{ConfigRuleName: aws.String(full(rule))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		Expect(err).NotTo(HaveOccurred())
		for _, result := range page.EvaluationResults {
			qualifier := result.EvaluationResultIdentifier.EvaluationResultQualifier
			if *qualifier.ResourceId == it.id && *qualifier.ResourceType == it.kind {
				return string(result.ComplianceType)
			}
		}
	}
	return ""
}

// Compliance types.
const (
	compliant    = string(types.ComplianceTypeCompliant)
	nonCompliant = string(types.ComplianceTypeNonCompliant)
)

// becomes waits until AWS Config says so of a resource. A rule that time triggers is asked for.
func becomes(ctx context.Context, rule string, periodic bool, it thing, wanted string) {
	GinkgoHelper()
	if periodic {
		evaluate(ctx, rule)
	}
	Eventually(ctx, func() string { return compliance(ctx, rule, it) }).Should(Equal(wanted), "%s under %s", it, rule)
}

// evaluate has AWS Config evaluate a rule, which it does not do twice a minute. The remediator may have asked for it.
func evaluate(ctx context.Context, rule string) {
	GinkgoHelper()
	Eventually(ctx, func() error {
		advance(ctx, time.Minute)
		_, err := clients.Config.StartConfigRulesEvaluation(ctx, &configservice.StartConfigRulesEvaluationInput{
			ConfigRuleNames: []string{full(rule)},
		})
		return err
	}).Should(Succeed())
}

// told waits for a mail to a topic of ours that says all of the texts.
func told(ctx context.Context, topic string, texts ...string) mail {
	GinkgoHelper()
	var found mail
	Eventually(ctx, func() bool {
		for _, one := range mails(ctx, topic) {
			missing := slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(one.Subject+"\n"+one.Body, text) })
			if !missing {
				found = one
				return true
			}
		}
		return false
	}).Should(BeTrue(), "no mail to %s says all of %q", topic, texts)
	return found
}
