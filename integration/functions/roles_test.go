package functions_test

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// takeNoResource are the actions that AWS accepts for all resources only, and why.
var takeNoResource = map[string]string{
	"xray:PutTraceSegments":      "X-Ray's API takes no resource",
	"xray:PutTelemetryRecords":   "X-Ray's API takes no resource",
	"config:DescribeConfigRules": "the call lists all rules, which takes no resource",

	"ec2:DescribeInstances":             "describing takes no resource",
	"ec2:DescribeSecurityGroupRules":    "describing takes no resource",
	"ec2:DescribeSecurityGroups":        "describing takes no resource",
	"ec2:DisableEbsEncryptionByDefault": "a setting of the account",
	"ec2:EnableEbsEncryptionByDefault":  "a setting of the account",
	"ec2:GetEbsEncryptionByDefault":     "a setting of the account",
	"iam:DeleteAccountPasswordPolicy":   "a setting of the account",
	"iam:GetAccountPasswordPolicy":      "a setting of the account",
	"iam:UpdateAccountPasswordPolicy":   "a setting of the account",
}

// permissions is the one policy of the role of the function called short.
func permissions(ctx context.Context, short string) policydoc.Document {
	GinkgoHelper()
	listed, err := clients.IAM.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: aws.String(full(short))})
	Expect(err).NotTo(HaveOccurred())
	Expect(listed.PolicyNames).To(ConsistOf(short))
	policy, err := clients.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{
		RoleName: aws.String(full(short)), PolicyName: &short,
	})
	Expect(err).NotTo(HaveOccurred())
	document, err := policydoc.Decode(policy.PolicyDocument)
	Expect(err).NotTo(HaveOccurred())
	return document
}

// common is what every function may do.
func common(short string) policydoc.Document {
	return policydoc.Document{
		"WriteLogs": policydoc.Allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"},
			stage.ARN("logs", "log-group:/aws/lambda/"+full(short)+":log-stream:*")),
		"Trace":            policydoc.Allow([]string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, "*"),
		"KeepFailedEvents": policydoc.Allow([]string{"sqs:SendMessage"}, stage.ARN("sqs", full(short+"-failures"))),
		"UseKey":           policydoc.Allow([]string{"kms:GenerateDataKey", "kms:Decrypt"}, keyARN),
	}
}

var _ = Describe("A function's role", func() {
	anyRule := stage.ARN("config", "config-rule/*")

	DescribeTable("should be allowed what the function's code calls, and nothing else",
		func(ctx SpecContext, short string, own policydoc.Document) {
			wanted := common(short)
			maps.Copy(wanted, own)
			if short == names.Remediator {
				maps.Copy(wanted, planning())
			}
			Expect(permissions(ctx, short)).To(Equal(wanted))
		},
		Entry("processor", names.Processor, policydoc.Document{
			"KeepEvents":  policydoc.Allow([]string{"s3:GetObject", "s3:PutObject"}, bucketARN+"/events/*"),
			"ShareFloods": policydoc.Allow([]string{"s3:GetObject", "s3:PutObject"}, bucketARN+"/state/floods/*"),
			"ListFloods": policydoc.Allow([]string{"s3:ListBucket"}, bucketARN).
				If("StringLike", "s3:prefix", "state/floods/*"),
			"TellOfViolations": policydoc.Allow([]string{"sns:Publish"}, violations),
		}),
		Entry("aggregator", names.Aggregator, policydoc.Document{
			"ListRules":   policydoc.Allow([]string{"config:DescribeConfigRules"}, "*"),
			"ReadResults": policydoc.Allow([]string{"config:GetComplianceDetailsByConfigRule"}, anyRule),
			"ReadWhatIsReported": policydoc.Allow([]string{"s3:GetObject"},
				bucketARN+"/config/exemptions.json", bucketARN+"/remediations/*"),
			"WriteReports": policydoc.Allow([]string{"s3:PutObject"}, bucketARN+"/reports/*"),
			"KeepState":    policydoc.Allow([]string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}, bucketARN+"/state/aggregator/*"),
			"ListState": policydoc.Allow([]string{"s3:ListBucket"}, bucketARN).
				If("StringLikeIfExists", "s3:prefix", "state/aggregator/*", "remediations/*"),
			"TellOfChanges": policydoc.Allow([]string{"sns:Publish"}, violations),
		}),
		Entry("remediator", names.Remediator, policydoc.Document{
			"ReadExemptions": policydoc.Allow([]string{"s3:GetObject"}, bucketARN+"/config/exemptions.json"),
			"KeepRecords": policydoc.Allow([]string{"s3:GetObject", "s3:PutObject"},
				bucketARN+"/remediations/*", bucketARN+"/state/breaker/*", bucketARN+"/state/fixes/*"),
			"TellMissingFromForbidden": policydoc.Allow([]string{"s3:ListBucket"}, bucketARN).
				If("StringLikeIfExists", "s3:prefix", "remediations/*", "state/breaker/*", "state/fixes/*"),
			"TellOfRemediations": policydoc.Allow([]string{"sns:Publish"}, operations),
			"ReadResultsAndEvaluateAgain": policydoc.Allow(
				[]string{"config:GetComplianceDetailsByConfigRule", "config:StartConfigRulesEvaluation"}, anyRule),
		}),
	)

	DescribeTable("should name actions in full, and resources wherever AWS takes one",
		func(ctx SpecContext, short string) {
			for sid, statement := range permissions(ctx, short) {
				Expect(statement.Action).To(HaveEach(Not(ContainSubstring("*"))), sid)
				if slices.Contains(statement.Resource, "*") {
					Expect(statement.Action).To(HaveEach(BeKeyOf(takeNoResource)), sid)
				}
				for _, resource := range statement.Resource {
					service, _, _ := strings.Cut(resource, ":")
					Expect(service).To(Or(Equal("arn"), Equal("*")), sid)
				}
			}
		},
		everyFunction(),
	)

	DescribeTable("should be for Lambda, hold no policy from outside, and be tagged",
		func(ctx SpecContext, short string) {
			role, err := clients.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(full(short))})
			Expect(err).NotTo(HaveOccurred())
			Expect(policydoc.Decode(role.Role.AssumeRolePolicyDocument)).To(Equal(policydoc.Document{
				"AssumeRole": policydoc.Statement{Effect: "Allow", Action: []string{"sts:AssumeRole"}}.From("lambda.amazonaws.com"),
			}))
			Expect(role.Role.Description).To(HaveValue(Equal(
				"Lets the function " + full(short) + " do what its code does and nothing else")))
			attached, err := clients.IAM.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{
				RoleName: aws.String(full(short)),
			})
			Expect(err).NotTo(HaveOccurred())
			Expect(attached.AttachedPolicies).To(BeEmpty())
			Expect(clients.RoleTags(ctx, full(short))).To(expect.Tags("Execution role of the " + short))
		},
		everyFunction(),
	)
})
