package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
)

// results of two rules, each a page of its own.
func buckets(n int) []result {
	var all []result
	for i := range n {
		compliance := "COMPLIANT"
		if i%3 == 0 {
			compliance = "NON_COMPLIANT"
		}
		all = append(all, result{rule, fmt.Sprint("bucket-", i*7%n), compliance}, result{"monitor-live-s3-tls-only", fmt.Sprint("bucket-", i), "COMPLIANT"})
	}
	return all
}

// latest is the newest report.
func (a *account) latest() (summary fields, files map[string]string) {
	GinkgoHelper()
	var latest struct {
		Files   map[string]string
		Summary fields
	}
	Expect(json.Unmarshal(a.get(names.LatestReportKey), &latest)).To(Succeed())
	return latest.Summary, latest.Files
}

// pages is how many pages of results were read.
func (a *account) pages() int {
	read := 0
	for _, call := range a.made() {
		if call == "GetComplianceDetailsByConfigRule" {
			read++
		}
	}
	return read
}

// onPage does something when the nth page of results is asked for.
func (a *account) onPage(n int, do func() breakage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	seen := 0
	a.broken = func(call string) (breakage, int) {
		if call != "GetComplianceDetailsByConfigRule" {
			return none, 0
		}
		if seen++; seen != n {
			return none, 0
		}
		return do(), 0
	}
}

var _ = Describe("A report, live", func() {
	It("should be the same when the time ran out while it was read, and read no page but one again", func() {
		whole := newAccount()
		whole.results = buckets(6)
		Expect(handle(whole.aggregator(), nil)).To(Succeed())
		_, expected := whole.latest()
		for at := 1; at <= whole.pages(); at++ {
			a := newAccount()
			a.results = buckets(6)
			handler := a.aggregator()
			var stop context.CancelFunc
			handler.Within = func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
				ctx, stop = context.WithCancel(ctx)
				return ctx, stop
			}
			a.onPage(at, func() breakage { stop(); return hangUp })
			Expect(handle(handler, nil)).To(MatchError(aggregator.ErrUnfinished))
			Expect(a.keys(names.ReportsPrefix)).To(BeEmpty())
			Expect(handle(a.aggregator(), nil)).To(Succeed())
			summary, files := a.latest()
			Expect(summary).To(HaveKeyWithValue("complete", true))
			Expect(a.get(files["results"])).To(Equal(whole.get(expected["results"])))
			Expect(a.pages()).To(Equal(whole.pages() + 1))
			Expect(a.keys("state/aggregator/parts/")).To(BeEmpty())
			Expect(a.mailed()).To(HaveLen(1))
		}
	})

	It("should be the same when the function was killed while it was read", func() {
		whole := newAccount()
		whole.results = buckets(6)
		Expect(handle(whole.aggregator(), nil)).To(Succeed())
		_, expected := whole.latest()
		a := newAccount()
		a.results = buckets(6)
		function := start(names.Aggregator, a.environment()...)
		killed := make(chan struct{})
		a.onPage(5, func() breakage {
			defer close(killed)
			Expect(function.process.Process.Kill()).To(Succeed())
			return hangUp
		})
		Eventually(function.events, "30s").Should(BeSent([]byte(`{}`)))
		Eventually(killed, "30s").Should(BeClosed())
		again := start(names.Aggregator, a.environment()...) // a retry has the same request id
		Expect(again.invoke([]byte(`{}`))).To(Equal(answer{body: "null"}), again.said.String())
		_, files := a.latest()
		Expect(a.get(files["results"])).To(Equal(whole.get(expected["results"])))
		Expect(a.keys("state/")).To(ConsistOf("state/aggregator/ledger.json", HavePrefix("state/aggregator/violations/")))
	})

	It("should be told of when something changed, and have a page for people", func() {
		a := newAccount()
		a.results = buckets(3)
		a.put(names.ExemptionsKey, fmt.Sprintf(`{"schemaVersion":1,"exemptions":[{"rule":"s3-encryption","resource":"bucket-*","owner":"shop",
			"reason":"moving","expires":%q}]}`, time.Now().UTC().AddDate(0, 0, 9).Format(time.DateOnly)))
		function := start(names.Aggregator, a.environment()...)
		report := func() {
			GinkgoHelper()
			Expect(function.invoke([]byte(`{}`))).To(Equal(answer{body: "null"}), function.said.String())
		}
		report()
		Expect(a.mailed()).To(HaveLen(1))
		Expect(a.mailed()[0].Get("Subject")).To(HavePrefix("[HIGH] compliance of monitor-live: first report, 1 failing, 1 expiring, score 83.3 %"))
		Expect(a.mailed()[0].Get("Message")).To(ContainSubstring("ends in 9 days"))
		report()
		Expect(a.mailed()).To(HaveLen(1), "nothing changed")

		a.results = append(buckets(3)[1:], result{rule, "<b>new</b>", "NON_COMPLIANT"})
		a.put(names.RemediationsPrefix+"2026/11/23/1.json", `{"schemaVersion":1,"rule":"s3-encryption","resourceType":"AWS::S3::Bucket",
			"resourceId":"fixed","outcome":"verified","updatedAt":"2026-11-23T10:00:00Z","changes":[{"property":"algorithm","before":"none","after":"aws:kms"}]}`)
		report()
		Expect(a.mailed()).To(HaveLen(2))
		Expect(a.mailed()[1].Get("Subject")).To(HavePrefix("[HIGH] compliance of monitor-live: 1 new, 1 resolved, score"))
		_, files := a.latest()
		page := string(a.get(files["page"]))
		Expect(page).To(And(HavePrefix("<!DOCTYPE html>"), ContainSubstring("&lt;b&gt;new&lt;/b&gt;"), Not(ContainSubstring("<b>new")), ContainSubstring("aws:kms")))
		Expect(strings.Count(function.said.String(), `"ExemptionsExpiring":1`)).To(Equal(3))
	})

	It("should be told of by the next run when the topic did not take the message", func() {
		a := newAccount()
		a.results = buckets(3)
		a.breaks("Publish", refuse, 0)
		Expect(handle(a.aggregator(), nil)).To(MatchError(ContainSubstring("telling of the report")))
		a.works()
		Expect(handle(a.aggregator(), nil)).To(Succeed())
		Expect(a.mailed()).To(HaveLen(1))
	})
})
