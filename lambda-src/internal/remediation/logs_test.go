package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// fakeLogs is the log groups of an account, by page.
type fakeLogs struct {
	pages   [][]types.LogGroup
	tags    map[string]string
	errs    map[string]error
	asked   []string // ARNs whose tags were asked for
	written []string
}

func (f *fakeLogs) DescribeLogGroups(
	_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput, _ ...func(*cloudwatchlogs.Options),
) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	if err := f.errs["DescribeLogGroups"]; err != nil {
		return nil, err
	}
	page := len(aws.ToString(in.NextToken))
	out := &cloudwatchlogs.DescribeLogGroupsOutput{LogGroups: f.pages[page]}
	if page+1 < len(f.pages) {
		out.NextToken = aws.String(aws.ToString(in.NextToken) + "x")
	}
	return out, nil
}

func (f *fakeLogs) ListTagsForResource(
	_ context.Context, in *cloudwatchlogs.ListTagsForResourceInput, _ ...func(*cloudwatchlogs.Options),
) (*cloudwatchlogs.ListTagsForResourceOutput, error) {
	f.asked = append(f.asked, *in.ResourceArn)
	return &cloudwatchlogs.ListTagsForResourceOutput{Tags: f.tags}, f.errs["ListTagsForResource"]
}

func (f *fakeLogs) keep(operation, name string, days *int32) error {
	if err := f.errs[operation]; err != nil {
		return err
	}
	f.written = append(f.written, operation+" "+name)
	f.pages[1][0].RetentionInDays = days
	return nil
}

func (f *fakeLogs) PutRetentionPolicy(
	_ context.Context, in *cloudwatchlogs.PutRetentionPolicyInput, _ ...func(*cloudwatchlogs.Options),
) (*cloudwatchlogs.PutRetentionPolicyOutput, error) {
	return &cloudwatchlogs.PutRetentionPolicyOutput{}, f.keep("PutRetentionPolicy", *in.LogGroupName, in.RetentionInDays)
}

func (f *fakeLogs) DeleteRetentionPolicy(
	_ context.Context, in *cloudwatchlogs.DeleteRetentionPolicyInput, _ ...func(*cloudwatchlogs.Options),
) (*cloudwatchlogs.DeleteRetentionPolicyOutput, error) {
	return &cloudwatchlogs.DeleteRetentionPolicyOutput{}, f.keep("DeleteRetentionPolicy", *in.LogGroupName, nil)
}

var _ = Describe("The remediation of log groups' retention", func() {
	ctx := context.Background()
	target := resource.Resource{Type: "AWS::Logs::LogGroup", ID: "/web", Account: account, Region: "us-east-1"}
	const arn = "arn:aws:logs:us-east-1:123456789012:log-group:/web"
	var cloud *fakeLogs
	var group *types.LogGroup
	var fix remediation.Remediation

	BeforeEach(func() {
		cloud = &fakeLogs{errs: map[string]error{}, tags: map[string]string{}, pages: [][]types.LogGroup{
			{{LogGroupName: aws.String("/web2"), RetentionInDays: aws.Int32(1)}},
			{{LogGroupName: aws.String("/web"), Arn: aws.String(arn + ":*"), RetentionInDays: aws.Int32(7), LogGroupClass: types.LogGroupClassStandard}},
		}}
		group = &cloud.pages[1][0]
		fix = remediation.All(remediation.Clients{Logs: cloud}, keyARN)[remediation.LogGroupRetention]
	})

	It("should raise the retention, and lower it again to undo that", func() {
		plan := undone(fix, target, remediation.Parameters{"MinRetentionTime": "30"})
		Expect(plan.Changes).To(Equal([]remediation.Change{{Property: "RetentionInDays", Before: "7", After: "30"}}))
		Expect(plan.After).To(MatchJSON(`{"retentionInDays":30,"logGroupClass":"STANDARD"}`))
		Expect(cloud.written).To(HaveEach("PutRetentionPolicy /web"))
	})

	DescribeTable("should take the least retention that is accepted and allowed",
		func(parameters remediation.Parameters, after string) {
			plan, err := planned(fix, target, parameters)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(Equal([]remediation.Change{{Property: "RetentionInDays", Before: "7", After: after}}))
		},
		Entry("for AWS's default", nil, "365"),
		Entry("for a number that is accepted", remediation.Parameters{"MinRetentionTime": "1827"}, "1827"),
		Entry("for a number that is not", remediation.Parameters{"MinRetentionTime": "8"}, "14"),
		Entry("for the longest", remediation.Parameters{"MinRetentionTime": "3653"}, "3653"),
		Entry("of a group whose name begins as the rule says", remediation.Parameters{"LogGroupNames": "/app, /we"}, "365"),
	)

	DescribeTable("should leave alone",
		func(days *int32, parameters remediation.Parameters) {
			group.RetentionInDays = days
			plan, err := planned(fix, target, parameters)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(BeEmpty())
		},
		Entry("a group that never expires, which the rule finds compliant", nil, nil),
		Entry("a group that keeps events for long enough", aws.Int32(365), nil),
		Entry("a group that keeps them for longer", aws.Int32(400), nil),
		Entry("a group that the rule does not look at", aws.Int32(1), remediation.Parameters{"LogGroupNames": "/app"}),
	)

	It("should write a retention for good as no retention, and say so", func() {
		Expect(fix.Write(ctx, target, remediation.State(`{"retentionInDays":30}`), remediation.State(`{}`))).To(Succeed())
		Expect(cloud.written).To(Equal([]string{"DeleteRetentionPolicy /web"}))
		Expect(group.RetentionInDays).To(BeNil())
		plan, err := fix.Plan(target, remediation.State(`{}`), nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(BeEmpty())
	})

	It("should say that a delivery group's retention is fixed", func() {
		group.LogGroupClass = types.LogGroupClassDelivery
		Expect(planned(fix, target)).Error().To(MatchError(ContainSubstring("it is of class DELIVERY")))
	})

	DescribeTable("should not plan for a parameter that it does not understand, such as",
		func(least string) {
			Expect(planned(fix, target, remediation.Parameters{"MinRetentionTime": least})).Error().To(
				MatchError(ContainSubstring("the rule's parameter MinRetentionTime is")))
		},
		Entry("a word", "forever"), Entry("nothing", ""), Entry("none", "0"), Entry("more than is accepted", "3654"),
	)

	It("should pass on the refusals to write", func() {
		cloud.errs["PutRetentionPolicy"], cloud.errs["DeleteRetentionPolicy"] = answer("A"), answer("B")
		some, none := remediation.State(`{"retentionInDays":30}`), remediation.State(`{}`)
		Expect(fix.Write(ctx, target, none, some)).To(MatchError(cloud.errs["PutRetentionPolicy"]))
		Expect(fix.Write(ctx, target, some, none)).To(MatchError(cloud.errs["DeleteRetentionPolicy"]))
	})

	DescribeTable("should not plan from what it could not read",
		func(spoil func(), wanted OmegaMatcher) {
			spoil()
			Expect(fix.Read(ctx, target)).Error().To(wanted)
			Expect(fix.Tags(ctx, target)).Error().To(wanted)
		},
		Entry("when it is not let", func() { cloud.errs["DescribeLogGroups"] = answer("AccessDeniedException") },
			And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
		Entry("when the group is gone", func() { group.LogGroupName = aws.String("/web-3") }, MatchError(remediation.ErrGone)),
		Entry("when a page has no list", func() { cloud.pages[0] = nil }, MatchError(ContainSubstring("no list of log groups"))),
	)

	Context("when reading tags", func() {
		It("should return them all", func() {
			cloud.tags = map[string]string{"Team": "web"}
			Expect(fix.Tags(ctx, target)).To(Equal(cloud.tags))
			Expect(cloud.asked).To(Equal([]string{arn}))
		})

		DescribeTable("should not take for none what it could not read",
			func(spoil func(), wanted OmegaMatcher) {
				spoil()
				Expect(fix.Tags(ctx, target)).Error().To(wanted)
			},
			Entry("when it is not let", func() { cloud.errs["ListTagsForResource"] = answer("AccessDeniedException") },
				And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
			Entry("when the group is gone", func() { cloud.errs["ListTagsForResource"] = answer("ResourceNotFoundException") },
				MatchError(remediation.ErrGone)),
			Entry("when the group has no ARN", func() { group.Arn = nil }, MatchError(ContainSubstring("does not have its ARN"))),
			Entry("when the answer is empty", func() { cloud.tags = nil }, MatchError(ContainSubstring("nor says that there are none"))),
		)
	})
})
