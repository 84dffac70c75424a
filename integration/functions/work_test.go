package functions_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// own calls an endpoint of the local cloud's own.
func own(ctx context.Context, method, path string, body, answer any) {
	GinkgoHelper()
	Expect(deployed.Own(ctx, method, path, body, answer)).To(Succeed())
}

// run is one try to run a function.
type run struct{ RequestID, Kind, Outcome, Error string }

func runs(ctx context.Context, function string) []run {
	GinkgoHelper()
	var all []run
	own(ctx, http.MethodGet, "invocations?function="+full(function), nil, &all)
	return all
}

// found has AWS Config find that a resource that nobody else knows complies with a rule, or does not.
func found(ctx context.Context, rule, resource string, compliance types.ComplianceType) {
	GinkgoHelper()
	own(ctx, http.MethodPost, "config/evaluations?region="+names.Region, []map[string]string{{
		"rule": rule, "resourceType": "AWS::S3::Bucket", "resourceId": resource, "complianceType": string(compliance),
	}}, nil)
}

// deliveries are how often EventBridge has handed a rule's event to its target.
func deliveries(ctx context.Context, short string) int {
	GinkgoHelper()
	var all []struct{ Outcome string }
	own(ctx, http.MethodGet, "deliveries?rule="+url.QueryEscape(eventRuleARN(short)), nil, &all)
	Expect(all).To(Or(BeEmpty(), HaveEach(HaveField("Outcome", "delivered"))))
	return len(all)
}

// expectHandedOver has AWS Config find something, and requires that so many functions of each kind hear of it.
func expectHandedOver(ctx context.Context, rule, resource string, compliance types.ComplianceType, processor, remediator int) {
	GinkgoHelper()
	const patience = time.Minute
	toProcessor, toRemediator := deliveries(ctx, "processor-compliance"), deliveries(ctx, "remediator-compliance")
	found(ctx, rule, resource, compliance)
	handed := func() []int {
		return []int{deliveries(ctx, "processor-compliance") - toProcessor, deliveries(ctx, "remediator-compliance") - toRemediator}
	}
	Eventually(handed).WithTimeout(patience).Should(Equal([]int{processor, remediator}))
	Consistently(handed).Should(Equal([]int{processor, remediator}))
}

var _ = Describe("What is deployed, at work", func() {
	It("should start the aggregator and the remediator every sixth hour, and not before", func(ctx SpecContext) {
		scheduled := []string{names.Aggregator, names.Remediator}
		before := map[string]int{}
		// The schedule began when its rule was made, so that it is due within six hours, and then six hours later.
		own(ctx, http.MethodPost, "clock", map[string]string{"advance": "6h"}, nil)
		for _, function := range scheduled {
			Eventually(func() []run { return runs(ctx, function) }).WithTimeout(time.Minute).ShouldNot(BeEmpty())
			before[function] = deliveries(ctx, function+"-schedule")
		}
		own(ctx, http.MethodPost, "clock", map[string]string{"advance": "3h"}, nil)
		own(ctx, http.MethodPost, "clock", map[string]string{"advance": "3h"}, nil)
		for _, function := range scheduled {
			Expect(deliveries(ctx, function+"-schedule")).To(Equal(before[function] + 1))
			Eventually(func() []run {
				return slices.DeleteFunc(runs(ctx, function), func(one run) bool { return one.Outcome != "success" })
			}).WithTimeout(time.Minute).ShouldNot(BeEmpty())
		}
	})

	DescribeTable("should hand a change of compliance to whom it concerns, and to nobody else",
		func(ctx SpecContext, rule func(context.Context) string, compliance types.ComplianceType, processor, remediator int) {
			name := rule(ctx)
			resource := fmt.Sprintf("shop-%s-%s-%d", name, compliance, GinkgoRandomSeed())
			if compliance == types.ComplianceTypeCompliant { // a change needs something before it
				expectHandedOver(ctx, name, resource, types.ComplianceTypeNonCompliant, 1, 1)
			}
			expectHandedOver(ctx, name, resource, compliance, processor, remediator)
		},
		Entry("a violation that has a remediation", ours("s3-encryption-kms"), types.ComplianceTypeNonCompliant, 1, 1),
		Entry("a violation that has none", ours("s3-access-logging"), types.ComplianceTypeNonCompliant, 1, 0),
		Entry("the end of a violation", ours("s3-encryption-kms"), types.ComplianceTypeCompliant, 1, 0),
		Entry("a violation of somebody else's rule", putForeignRule, types.ComplianceTypeNonCompliant, 0, 0),
	)
})

// ours is the full name of one of the deployment's Config rules.
func ours(short string) func(context.Context) string {
	return func(context.Context) string { return full(short) }
}

// putForeignRule makes a rule that is not the deployment's, until the spec ends. It returns the rule's name.
func putForeignRule(ctx context.Context) string {
	GinkgoHelper()
	name := "theirs"
	_, err := clients.Config.PutConfigRule(ctx, &configservice.PutConfigRuleInput{ConfigRule: &types.ConfigRule{
		ConfigRuleName: &name,
		Source:         &types.Source{Owner: types.OwnerAws, SourceIdentifier: aws.String("S3_BUCKET_VERSIONING_ENABLED")},
	}})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func(ctx SpecContext) {
		Expect(clients.Config.DeleteConfigRule(ctx, &configservice.DeleteConfigRuleInput{ConfigRuleName: &name})).Error().NotTo(HaveOccurred())
	})
	return name
}
