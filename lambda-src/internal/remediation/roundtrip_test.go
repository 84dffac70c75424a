package remediation_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// undone applies a plan twice, as after a crash, and then writes back what was before, twice. It returns what was planned.
func undone(fix remediation.Remediation, target resource.Resource, parameters remediation.Parameters) remediation.Plan {
	GinkgoHelper()
	ctx := context.Background()
	plan, err := planned(fix, target, parameters)
	Expect(err).NotTo(HaveOccurred())
	Expect(plan.Changes).NotTo(BeEmpty())
	Expect(remediation.Verify(ctx, fix, target, plan.After)).To(MatchError(remediation.ErrDiffers))
	for range 2 {
		Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(Succeed())
		Expect(remediation.Verify(ctx, fix, target, plan.After)).To(Succeed())
	}
	again, err := planned(fix, target, parameters)
	Expect(err).NotTo(HaveOccurred())
	Expect(again.Changes).To(BeEmpty(), "what was fixed is compliant")
	for range 2 {
		Expect(fix.Write(ctx, target, plan.After, plan.Before)).To(Succeed())
		Expect(remediation.Verify(ctx, fix, target, plan.Before)).To(Succeed())
	}
	return plan
}
