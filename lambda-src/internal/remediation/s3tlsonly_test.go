package remediation_test

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

const (
	// without is the statement that the remediation adds.
	without = `{"Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny","Principal":"*",` +
		`"Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"],"Sid":"DenyInsecureTransport"}`
	// reading is a statement with lists, spaces and an order of its own.
	reading = `{"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::210987654321:root", "arn:aws:iam::111122223333:root"]},
		"Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::data/*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true},
		"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}, "StringLike": {"aws:UserAgent": "<a&b>"}}}`
	readingCanonical = `{"Action":"s3:GetObject","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},` +
		`"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"},"StringLike":{"aws:UserAgent":"<a&b>"}},"Effect":"Allow",` +
		`"Principal":{"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::210987654321:root"]},"Resource":"arn:aws:s3:::data/*","Sid":"Read"}`
)

// policy is a bucket's policy with the given statements.
func policy(statements ...string) *string {
	return aws.String(`{"Version": "2012-10-17", "Id": "shop", "Statement": [` + strings.Join(statements, ", ") + `]}`)
}

var _ = Describe("The remediation of buckets that let in requests without TLS", func() {
	var bucket *fakeS3
	var fix remediation.Remediation
	ctx := context.Background()

	BeforeEach(func() {
		bucket = &fakeS3{}
		fix = ofBucket(bucket, remediation.S3TLSOnly)
	})

	applied := func() remediation.Plan {
		GinkgoHelper()
		plan, err := planned(fix, data)
		Expect(err).NotTo(HaveOccurred())
		Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(Succeed())
		Expect(remediation.Verify(ctx, fix, data, plan.After)).To(Succeed())
		return plan
	}

	It("should make a policy with the statement alone where there is none, and delete it to undo that", func() {
		plan := applied()
		Expect(plan.Changes).To(Equal(changes{
			{Property: "Statements", Before: "0", After: "1"},
			{Property: "Statements on aws:SecureTransport", Before: "", After: without},
		}))
		Expect(*bucket.policy).To(Equal(`{"Version":"2012-10-17","Statement":[` + without + `]}`))
		Expect(fix.Write(ctx, data, plan.After, plan.Before)).To(Succeed())
		Expect(bucket.policy).To(BeNil())
		Expect(remediation.Verify(ctx, fix, data, plan.Before)).To(Succeed())
	})

	It("should add the statement after those that are there, and take it away again", func() {
		bucket.policy = policy(reading)
		plan := applied()
		Expect(plan.Changes).To(Equal(changes{
			{Property: "Statements", Before: "1", After: "2"},
			{Property: "Statements on aws:SecureTransport", Before: "", After: without},
		}))
		Expect(*bucket.policy).To(Equal(`{"Version":"2012-10-17","Id":"shop","Statement":[` + readingCanonical + `,` + without + `]}`))
		Expect(fix.Write(ctx, data, plan.After, plan.Before)).To(Succeed())
		Expect(*bucket.policy).To(Equal(`{"Version":"2012-10-17","Id":"shop","Statement":[` + readingCanonical + `]}`))
		Expect(remediation.Verify(ctx, fix, data, plan.Before)).To(Succeed())
	})

	It("should leave a policy without a version without one: its variables would come to life", func() {
		bucket.policy = aws.String(`{"Statement": ` + reading + `}`)
		applied()
		Expect(*bucket.policy).To(Equal(`{"Statement":[` + readingCanonical + `,` + without + `]}`))
	})

	It("should take a policy in other words for the same", func() {
		bucket.policy = policy(reading)
		before, err := fix.Read(ctx, data)
		Expect(err).NotTo(HaveOccurred())
		bucket.policy = aws.String(`{"Statement":[` + readingCanonical + `],"Id":"shop","Version":"2012-10-17"}`)
		Expect(remediation.Verify(ctx, fix, data, before)).To(Succeed())
		bucket.policy = aws.String(`{"Statement":[` + strings.Replace(readingCanonical, "3600", "3601", 1) + `],"Id":"shop","Version":"2012-10-17"}`)
		Expect(remediation.Verify(ctx, fix, data, before)).To(MatchError(remediation.ErrDiffers))
	})

	It("should choose a name that no other statement has", func() {
		taken := `{"Sid":"DenyInsecureTransport","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::data/*"}`
		bucket.policy = policy(taken, strings.Replace(taken, "Transport", "Transport2", 1))
		applied()
		Expect(*bucket.policy).To(ContainSubstring(`"Sid":"DenyInsecureTransport3"`))
	})

	DescribeTable("should find nothing to do where the policy says it already",
		func(statements ...string) {
			bucket.policy = policy(statements...)
			plan, err := planned(fix, data)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(BeEmpty())
		},
		Entry("in our words", without),
		Entry("beside others", reading, without),
		Entry("with everyone as AWS", strings.Replace(without, `"Principal":"*"`, `"Principal":{"AWS":["*"]}`, 1)),
		Entry("for all actions there are", strings.Replace(without, `"s3:*"`, `["*"]`, 1)),
		Entry("with false itself", strings.Replace(without, `"false"`, `false`, 1)),
		Entry("with the key in other letters", strings.Replace(without, "aws:SecureTransport", "AWS:securetransport", 1)),
		Entry("with the other operator", strings.Replace(without, `"Bool"`, `"BoolIfExists"`, 1)),
		Entry("for every resource", strings.Replace(without, `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`, `"*"`, 1)),
		Entry("for resources that begin so", strings.Replace(without, `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`, `"arn:aws:s3:::dat*"`, 1)),
		Entry("in two statements",
			strings.Replace(without, `["arn:aws:s3:::data","arn:aws:s3:::data/*"]`, `"arn:aws:s3:::data/*"`, 1),
			strings.Replace(without, `["arn:aws:s3:::data","arn:aws:s3:::data/*"],"Sid":"D`, `"arn:aws:s3:::data","Sid":"E`, 1)),
	)

	DescribeTable("should not take for enough what denies less",
		func(statement string) {
			Expect(statement).NotTo(Equal(without))
			bucket.policy = policy(statement)
			plan, err := planned(fix, data)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).NotTo(BeEmpty())
		},
		Entry("allowing", strings.Replace(without, `"Deny"`, `"Allow"`, 1)),
		Entry("one principal", strings.Replace(without, `"Principal":"*"`, `"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`, 1)),
		Entry("all principals but one", strings.Replace(without, `"Principal":"*"`, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}`, 1)),
		Entry("everyone of another kind", strings.Replace(without, `"Principal":"*"`, `"Principal":{"CanonicalUser":"*"}`, 1)),
		Entry("some actions", strings.Replace(without, `"s3:*"`, `["s3:GetObject", "s3:PutObject"]`, 1)),
		Entry("all actions but some", strings.Replace(without, `"Action":"s3:*"`, `"NotAction":"s3:GetObject"`, 1)),
		Entry("the objects alone", strings.Replace(without, `"arn:aws:s3:::data",`, ``, 1)),
		Entry("the bucket alone", strings.Replace(without, `,"arn:aws:s3:::data/*"`, ``, 1)),
		Entry("objects with names of one letter", strings.Replace(without, `data/*`, `data/?`, 1)),
		Entry("objects with a wildcard before the end", strings.Replace(without, `data/*`, `d?ta/*`, 1)),
		Entry("another bucket", strings.ReplaceAll(without, `:data`, `:dat`)),
		Entry("without a resource", strings.Replace(without, `"Resource"`, `"NotResource"`, 1)),
		Entry("requests with TLS", strings.Replace(without, `"false"`, `"true"`, 1)),
		Entry("on another condition", strings.Replace(without, `aws:SecureTransport`, `aws:ViaAWSService`, 1)),
		Entry("with another operator", strings.Replace(without, `"Bool"`, `"StringEquals"`, 1)),
		Entry("on one more key", strings.Replace(without, `"aws:SecureTransport":"false"`, `"aws:SecureTransport":"false","aws:ViaAWSService":"false"`, 1)),
		Entry("on one more condition", strings.Replace(without, `"Condition":{`, `"Condition":{"StringLike":{"aws:UserAgent":"x"},`, 1)),
		Entry("on a condition without a key", strings.Replace(without, `"aws:SecureTransport":"false"`, ``, 1)),
		Entry("on no condition at all", strings.Replace(without, `"Condition":{"Bool":{"aws:SecureTransport":"false"}},`, ``, 1)),
	)

	DescribeTable("should neither plan for nor write over a policy that it does not understand completely",
		func(text string) {
			bucket.policy = aws.String(text)
			Expect(fix.Read(ctx, data)).Error().To(And(MatchError(ContainSubstring("policy of bucket data")), MatchError(ContainSubstring("parsing"))))
			Expect(fix.Write(ctx, data, remediation.State(`{}`), remediation.State(`{"statements":["{}"]}`))).To(MatchError(ContainSubstring("parsing")))
			Expect(bucket.written).To(BeZero())
		},
		Entry("nothing", ""),
		Entry("cut off", `{"Version":"2012-10-17","Statement":[`+without+`]`),
		Entry("with something after it", `{"Statement":[`+without+`]} {}`),
		Entry("no object", `[]`),
		Entry("no policy", `null`),
		Entry("without statements", `{"Version":"2012-10-17"}`),
		Entry("with an empty list of them", `{"Version":"2012-10-17","Statement":[]}`),
		Entry("with a statement that is none", `{"Statement":["x"]}`),
		Entry("with a statement that says neither", `{"Statement":[{"Sid":"x","Effect":"Maybe"}]}`),
		Entry("with an element that IAM does not have", `{"Statement":[`+without+`],"Owner":"ann"}`),
		Entry("with a version that is no text", `{"Version":2012,"Statement":[`+without+`]}`),
		Entry("with an element twice", `{"Statement":[{"Effect":"Allow","Effect":"Deny"}]}`),
	)

	It("should not plan from a state with a statement that it can't read", func() {
		for _, statement := range []string{`{"statements":["{"]}`, `{"statements":["{\"Condition\":\"x\"}"]}`} {
			Expect(fix.Plan(data, remediation.State(statement), nil)).Error().To(MatchError(ContainSubstring("reading statement 1")))
		}
	})

	It("should plan up to the length that S3 takes, and say so beyond", func() {
		padded := func(length int) string {
			return `{"Action":"s3:GetObject","Effect":"Allow","Principal":"*","Resource":"arn:aws:s3:::data/` + strings.Repeat("x", length) + `"}`
		}
		bucket.policy = policy(padded(0))
		applied()
		longest := 20480 - len(*bucket.policy)

		bucket.policy = policy(padded(longest))
		applied()
		Expect(*bucket.policy).To(HaveLen(20480))

		bucket.policy = policy(padded(longest + 1))
		_, err := planned(fix, data)
		Expect(err).To(MatchError(ContainSubstring("would have 20481 bytes with the statement, and S3 takes 20480")))
	})

	It("should not write over a policy that has changed since it was read", func() {
		plan, err := planned(fix, data)
		Expect(err).NotTo(HaveOccurred())
		bucket.policy = policy(reading)
		Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(
			And(MatchError(remediation.ErrDiffers), MatchError(ContainSubstring("MultiFactorAuthAge"))))
		Expect(fix.Write(ctx, data, plan.After, plan.Before)).To(MatchError(remediation.ErrDiffers))
		Expect(bucket.policy).To(Equal(policy(reading)))
	})

	It("should write nothing where its write has landed before", func() {
		plan := applied()
		Expect(fix.Write(ctx, data, plan.Before, plan.After)).To(Succeed())
		Expect(bucket.written).To(Equal(1))
	})
})
