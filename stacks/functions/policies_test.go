package functions

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

// common is what the policy of each function begins with.
func common(function string) string {
	return `
		{"Sid": "WriteLogs", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
			"Resource": ["arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/monitor-test-` + function + `:log-stream:*"]},
		{"Sid": "Trace", "Effect": "Allow", "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
			"Resource": ["*"]},
		{"Sid": "KeepFailedEvents", "Effect": "Allow", "Action": ["sqs:SendMessage"],
			"Resource": ["arn:aws:sqs:us-east-1:111122223333:monitor-test-` + function + `-failures"]},
		{"Sid": "UseKey", "Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
			"Resource": ["` + keyARN + `"]}`
}

// The statements that differ.
const (
	ofProcessor = `
		{"Sid": "KeepEvents", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
			"Resource": ["` + bucketARN + `/events/*"]},
		{"Sid": "ShareFloods", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
			"Resource": ["` + bucketARN + `/state/floods/*"]},
		{"Sid": "ListFloods", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["` + bucketARN + `"],
			"Condition": {"StringLike": {"s3:prefix": ["state/floods/*"]}}},
		{"Sid": "TellOfViolations", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": ["` + violationsARN + `"]}`
	ofAggregator = `
		{"Sid": "ListRules", "Effect": "Allow", "Action": ["config:DescribeConfigRules"], "Resource": ["*"]},
		{"Sid": "ReadResults", "Effect": "Allow", "Action": ["config:GetComplianceDetailsByConfigRule"],
			"Resource": ["arn:aws:config:us-east-1:111122223333:config-rule/*"]},
		{"Sid": "ReadWhatIsReported", "Effect": "Allow", "Action": ["s3:GetObject"],
			"Resource": ["` + bucketARN + `/config/exemptions.json", "` + bucketARN + `/remediations/*"]},
		{"Sid": "WriteReports", "Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["` + bucketARN + `/reports/*"]},
		{"Sid": "KeepState", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
			"Resource": ["` + bucketARN + `/state/aggregator/*"]},
		{"Sid": "ListState", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["` + bucketARN + `"],
			"Condition": {"StringLikeIfExists": {"s3:prefix": ["state/aggregator/*", "remediations/*"]}}},
		{"Sid": "TellOfChanges", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": ["` + violationsARN + `"]}`
	ofRemediator = `
		{"Sid": "ReadExemptions", "Effect": "Allow", "Action": ["s3:GetObject"],
			"Resource": ["` + bucketARN + `/config/exemptions.json"]},
		{"Sid": "KeepRecords", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
			"Resource": ["` + bucketARN + `/remediations/*", "` + bucketARN + `/state/breaker/*", "` + bucketARN + `/state/fixes/*"]},
		{"Sid": "TellMissingFromForbidden", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["` + bucketARN + `"],
			"Condition": {"StringLikeIfExists": {"s3:prefix": ["remediations/*", "state/breaker/*", "state/fixes/*"]}}},
		{"Sid": "TellOfRemediations", "Effect": "Allow", "Action": ["sns:Publish"], "Resource": ["` + operationsARN + `"]},
		{"Sid": "ReadResultsAndEvaluateAgain", "Effect": "Allow",
			"Action": ["config:GetComplianceDetailsByConfigRule", "config:StartConfigRulesEvaluation"],
			"Resource": ["arn:aws:config:us-east-1:111122223333:config-rule/*"]}`
	ofFixes = `,
		{"Sid": "PlanS3DefaultEncryption", "Effect": "Allow",
			"Action": ["s3:GetBucketTagging", "s3:GetEncryptionConfiguration"],
			"Resource": ["arn:aws:s3:::*"], "Condition": {"StringEquals": {"aws:ResourceAccount": ["111122223333"]}}}`
	ofEnforcedFixes = ofFixes + `,
		{"Sid": "ApplyS3DefaultEncryption", "Effect": "Allow", "Action": ["s3:PutEncryptionConfiguration"],
			"Resource": ["arn:aws:s3:::*"], "Condition": {"StringEquals": {"aws:ResourceAccount": ["111122223333"]}}}`
)

var _ = Describe("Policies of the functions", func() {
	policyOf := func(recording *pulumitest.Recording, function string) string {
		policy := recording.Resource(function + "-policy")
		Expect(policy.Inputs).To(HaveKeyWithValue("role", "monitor-test-"+function))
		return policy.Inputs["policy"].(string)
	}
	document := func(statements ...string) string {
		return `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",") + `]}`
	}

	It("should hold what each function's code does, and nothing else", func() {
		recording := deploy(nil)
		Expect(policyOf(recording, "processor")).To(MatchJSON(document(common("processor"), ofProcessor)))
		Expect(policyOf(recording, "aggregator")).To(MatchJSON(document(common("aggregator"), ofAggregator)))
		Expect(policyOf(recording, "remediator")).To(MatchJSON(document(common("remediator"), ofRemediator+ofFixes)))
	})

	It("should let the remediator write only where a rule is enforced", func() {
		recording := deploy(map[string]string{"remediations": `{"s3-encryption": "enforce"}`})
		Expect(policyOf(recording, "remediator")).To(MatchJSON(document(common("remediator"), ofRemediator+ofEnforcedFixes)))
	})

	It("should lose the permissions of a remediation that is switched off", func() {
		recording := deploy(map[string]string{"remediations": `{"s3-encryption": "off", "s3-encryption-kms": "off"}`})
		Expect(policyOf(recording, "remediator")).To(MatchJSON(document(common("remediator"), ofRemediator)))
	})

	It("should be the only ones of their roles, which Lambda alone may assume", func() {
		recording := deploy(nil)
		Expect(recording.Resources("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).To(BeEmpty())
		Expect(recording.Resources("aws:iam/rolePolicy:RolePolicy")).To(HaveLen(len(names.Functions())))
		for _, function := range names.Functions() {
			role := recording.Resource(function + "-role").Inputs
			Expect(role).To(HaveKeyWithValue("name", "monitor-test-"+function))
			Expect(role["assumeRolePolicy"]).To(MatchJSON(`{"Version": "2012-10-17", "Statement": [{"Sid": "AssumeRole",
				"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}]}`))
		}
	})

	DescribeTable("should have neither wildcards in actions nor more resources than they must",
		func(function string, unbound ...string) {
			var found []string
			for _, statement := range fullPolicy(function).Statement {
				for _, action := range statement.Action {
					Expect(action).NotTo(ContainSubstring("*"))
				}
				if statement.Resource[0] == "*" {
					found = append(found, statement.Action...)
				}
			}
			Expect(found).To(ConsistOf(unbound))
		},
		Entry("of the processor", "processor", "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
		Entry("of the aggregator", "aggregator",
			"xray:PutTraceSegments", "xray:PutTelemetryRecords", "config:DescribeConfigRules"),
		Entry("of the remediator", "remediator", "xray:PutTraceSegments", "xray:PutTelemetryRecords",
			"ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules",
			"ec2:GetEbsEncryptionByDefault", "ec2:EnableEbsEncryptionByDefault", "ec2:DisableEbsEncryptionByDefault",
			"iam:GetAccountPasswordPolicy", "iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy"),
	)

	It("should bind each fix to the account, unless its actions take no resource and a condition on one is never met", func() {
		conditions := map[string]iampolicy.Condition{}
		for _, statement := range fullPolicy("remediator").Statement {
			conditions[statement.Sid] = statement.Condition
		}
		Expect(conditions).To(HaveKeyWithValue("PlanEC2", BeNil()))
		Expect(conditions).To(HaveKeyWithValue("ApplyEBSDefaultEncryption", BeNil()))
		Expect(conditions).To(HaveKeyWithValue("ApplyEC2Stop", iampolicy.Condition{"StringEquals": {"aws:ResourceAccount": {account}}}))
	})

	It("should fit into a role: AWS accepts 10,240 characters", func() {
		for _, function := range names.Functions() {
			Expect(len(fullPolicy(function).JSON())).To(BeNumerically("<", 10240))
		}
	})
})

// fullPolicy is the function's policy with all remediations of the catalogue on.
func fullPolicy(function string) iampolicy.Document {
	known := with(nil).Catalogue
	var all []string
	for _, remediation := range known.Remediations {
		all = append(all, remediation.Name)
	}
	statements, err := known.Statements(all, "aws", region, account)
	Expect(err).NotTo(HaveOccurred())
	return policyOf(function, facts{
		account: account, logGroup: "arn:logs", failures: "arn:sqs", key: keyARN, bucket: bucketARN, violations: violationsARN,
		operations: operationsARN, rules: "arn:rules", fixes: statements,
	})
}
