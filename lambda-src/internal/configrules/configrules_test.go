package configrules_test

import (
	"context"
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
)

type fakeConfig struct {
	rulePages   []awshttp.ConfigRules
	resultPages []awshttp.Compliance
	err         error // after the last page
	tokens      []string
	asked       awshttp.ComplianceQuery
}

func (f *fakeConfig) DescribeConfigRules(_ context.Context, token string) (awshttp.ConfigRules, error) {
	f.tokens = append(f.tokens, token)
	if len(f.rulePages) == 0 {
		return awshttp.ConfigRules{}, f.err
	}
	page := f.rulePages[0]
	f.rulePages = f.rulePages[1:]
	return page, nil
}

func (f *fakeConfig) GetComplianceDetailsByConfigRule(_ context.Context, query awshttp.ComplianceQuery) (awshttp.Compliance, error) {
	f.tokens, f.asked = append(f.tokens, query.Token), query
	if len(f.resultPages) == 0 {
		return awshttp.Compliance{}, f.err
	}
	page := f.resultPages[0]
	f.resultPages = f.resultPages[1:]
	return page, nil
}

func rulePage(next string, rules ...awshttp.ConfigRule) awshttp.ConfigRules {
	return awshttp.ConfigRules{Rules: rules, Next: next}
}

func rule(name, state string) awshttp.ConfigRule { return awshttp.ConfigRule{Name: name, State: state} }

func resultPage(next string, ids ...string) awshttp.Compliance {
	page := awshttp.Compliance{Next: next}
	for _, id := range ids {
		page.Results = append(page.Results, result(id))
	}
	return page
}

var at = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func result(id string) awshttp.Evaluation {
	return awshttp.Evaluation{
		ResourceType: "AWS::S3::Bucket", ResourceID: id, Compliance: "NON_COMPLIANT", Annotation: "bad", Ordering: at, Recorded: at,
	}
}

var _ = Describe("The list of rules", func() {
	It("should be the deployment's own, of all pages, sorted, and each once", func() {
		client := &fakeConfig{rulePages: []awshttp.ConfigRules{
			rulePage("1", rule("monitor-b", "ACTIVE"), rule("other-x", "ACTIVE")),
			rulePage("2"),
			rulePage("", rule("monitor-a", "EVALUATING"), rule("monitor-b", "ACTIVE"),
				rule("monitor-c", "DELETING"), rule("monitor-d", "DELETING_RESULTS")),
		}}
		Expect(configrules.List(context.Background(), client, "monitor")).To(Equal([]string{"a", "b"}))
		Expect(client.tokens).To(Equal([]string{"", "1", "2"}))
	})

	It("should not be read for ever when a page names itself as the next one", func() {
		client := &fakeConfig{rulePages: []awshttp.ConfigRules{rulePage("1"), rulePage("1")}}
		Expect(configrules.List(context.Background(), client, "monitor")).Error().To(MatchError(configrules.ErrSameToken))
	})

	It("should be an error, and no part of the list, when a page can't be read", func() {
		client := &fakeConfig{err: errors.New("throttled"), rulePages: []awshttp.ConfigRules{
			rulePage("1", rule("monitor-b", "ACTIVE")),
		}}
		found, err := configrules.List(context.Background(), client, "monitor")
		Expect(err).To(MatchError(client.err))
		Expect(found).To(BeNil())
	})
})

var _ = Describe("A rule's results", func() {
	var seen []configrules.Result
	use := func(result configrules.Result) error {
		seen = append(seen, result)
		return nil
	}

	BeforeEach(func() { seen = nil })

	It("should be read to the last page, past empty ones", func() {
		client := &fakeConfig{resultPages: []awshttp.Compliance{
			resultPage("1", "a"), resultPage("2"), resultPage("3"), resultPage("", "b"),
		}}
		Expect(configrules.Each(context.Background(), client, "monitor-a", use, "NON_COMPLIANT")).To(Succeed())
		Expect(client.tokens).To(Equal([]string{"", "1", "2", "3"}))
		Expect(client.asked).To(Equal(awshttp.ComplianceQuery{Rule: "monitor-a", Only: []string{"NON_COMPLIANT"}, Token: "3"}))
		Expect(seen).To(HaveLen(2))
		Expect(seen[1]).To(Equal(configrules.Result{
			Result: events.Result{
				ConfigRule: "monitor-a", ResourceType: "AWS::S3::Bucket", ResourceID: "b", Ordering: at,
			},
			Compliance: "NON_COMPLIANT", Recorded: at, Annotation: "bad",
		}))
	})

	It("should stop at AWS's error, naming the rule", func() {
		client := &fakeConfig{err: errors.New("throttled"), resultPages: []awshttp.Compliance{
			resultPage("1", "a"),
		}}
		err := configrules.Each(context.Background(), client, "monitor-a", use)
		Expect(err).To(MatchError(client.err))
		Expect(err).To(MatchError(ContainSubstring("monitor-a")))
	})

	It("should stop at the reader's own error", func() {
		fault := errors.New("disk full")
		client := &fakeConfig{resultPages: []awshttp.Compliance{resultPage("1", "a", "b")}}
		calls := 0
		err := configrules.Each(context.Background(), client, "monitor-a", func(configrules.Result) error { calls++; return fault })
		Expect(err).To(MatchError(fault))
		Expect(calls).To(Equal(1))
	})

	It("should not be read for ever when a page names itself as the next one", func() {
		client := &fakeConfig{resultPages: []awshttp.Compliance{resultPage("1"), resultPage("1")}}
		Expect(configrules.Each(context.Background(), client, "monitor-a", use)).To(MatchError(configrules.ErrSameToken))
	})

	DescribeTable("should be refused, a page whole, when one can't be told from another",
		func(spoil func(*awshttp.Evaluation)) {
			page := resultPage("", "a", "b")
			spoil(&page.Results[1])
			client := &fakeConfig{resultPages: []awshttp.Compliance{page}}
			Expect(configrules.Each(context.Background(), client, "monitor-a", use)).To(MatchError(configrules.ErrUnidentified))
			Expect(seen).To(BeEmpty())
		},
		Entry("without an ordering timestamp", func(r *awshttp.Evaluation) { r.Ordering = time.Time{} }),
		Entry("without a resource", func(r *awshttp.Evaluation) { r.ResourceID = "" }),
		Entry("without a resource type", func(r *awshttp.Evaluation) { r.ResourceType = "" }),
		Entry("without a compliance type", func(r *awshttp.Evaluation) { r.Compliance = "" }),
	)
})
