package loop_test

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// remediationOf is the remediation of a rule.
func remediationOf(rule string) catalogue.Remediation {
	GinkgoHelper()
	known := must(catalogue.Load())
	described, _ := known.Rule(rule)
	remediation, found := known.Remediation(described.Remediation)
	Expect(found).To(BeTrue(), rule)
	return remediation
}

var _ = Describe("The remediator without a permission of a remediation's", func() {
	entries := []any{func(ctx SpecContext, b breakage) { needsRights(ctx, b) }}
	for _, one := range breakages {
		if one.rule != "s3-encryption-kms" { // of the same remediation as s3-encryption
			entries = append(entries, Entry("of "+one.rule, one))
		}
	}
	DescribeTable("should change nothing, and not say that it has", entries...)
})

// needsRights takes each statement of a remediation's away in turn, and has the remediator try.
func needsRights(ctx context.Context, b breakage) {
	GinkgoHelper()
	disabled := pause(ctx, "remediator-compliance")
	since := b.since(ctx)
	it := thing{b.kind, b.make(ctx)}
	if b.periodic {
		evaluate(ctx, b.rule)
	}
	event := eventOf(ctx, since, b.rule, it)
	forget(ctx, b.rule)
	attempt := func() string {
		GinkgoHelper()
		if said := wrong(ctx, names.Remediator, event); said != "" {
			return said
		}
		all := records(ctx, names.RemediationsPrefix, b.rule, it)
		Expect(all).NotTo(BeEmpty())
		last := all[len(all)-1]
		return strings.TrimPrefix(last.Outcome, "verified") + last.Why
	}
	statements := remediationOf(b.rule).Statements
	Expect(statements).NotTo(BeEmpty())
	for _, statement := range statements {
		By("lacking " + statement.Sid)
		restore := without(ctx, names.Remediator, statement.Sid)
		Expect(attempt()).NotTo(BeEmpty())
		Expect(b.state(ctx, it.id)).To(Equal(b.broken))
		restore()
	}

	By("lacking nothing")
	Expect(attempt()).To(BeEmpty())
	Expect(b.state(ctx, it.id)).To(Equal(b.whenFixed(it.id)))
	disabled.resume()
}

// forget takes the history of a rule's fixes away, as an operator does who wants a resource fixed again that was undone:
// what the account has only once may have been.
func forget(ctx context.Context, rule string) {
	GinkgoHelper()
	for key := range keys(ctx, names.FixesPrefix+rule+"/") {
		ok(clients.S3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}))
	}
}
