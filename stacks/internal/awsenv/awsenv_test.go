package awsenv_test

import (
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

const account = "111122223333"

// run runs the part of a program, which must succeed.
func run(part pulumi.RunFunc) *pulumitest.Recording {
	GinkgoHelper()
	recording, err := pulumitest.Run(part, pulumitest.Options{})
	Expect(err).NotTo(HaveOccurred())
	return recording
}

var _ = Describe("The provider", func() {
	// inputs are what a provider for the account is configured with.
	inputs := func(a awsenv.Account) map[string]any {
		GinkgoHelper()
		return run(func(ctx *pulumi.Context) error {
			_, err := awsenv.NewProvider(ctx, a, map[string]string{"Project": "p"})
			return err
		}).Resource("aws").Inputs
	}

	It("should have the region, the default tags, and refuse credentials of another account", func() {
		Expect(inputs(awsenv.Account{ID: account, Region: "us-east-1"})).To(Equal(map[string]any{
			"region":                    "us-east-1",
			"allowedAccountIds":         []any{account},
			"defaultTags":               map[string]any{"tags": map[string]any{"Project": "p"}},
			"skipCredentialsValidation": false,
			"skipRegionValidation":      true,
		}))
	})

	It("should take any account where none is expected", func() {
		Expect(inputs(awsenv.Account{Region: "us-east-1"})).NotTo(HaveKey("allowedAccountIds"))
	})

	It("should reach a local AWS with credentials that AWS refuses, and ask nothing of AWS", func() {
		Expect(inputs(awsenv.Account{Region: "us-east-1", Local: true})).To(SatisfyAll(
			HaveKeyWithValue("accessKey", "localcloud"), HaveKeyWithValue("secretKey", "localcloud"),
			HaveKeyWithValue("skipCredentialsValidation", true), HaveKeyWithValue("skipMetadataApiCheck", true),
			HaveKeyWithValue("s3UsePathStyle", true)))
	})

	It("should say that it could not be configured", func() {
		_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			_, err := awsenv.NewProvider(ctx, awsenv.Account{}, nil)
			return err
		}, pulumitest.Options{FailAt: "pulumi:providers:aws aws"})
		Expect(err).To(MatchError(HavePrefix("configuring the AWS provider: ")))
	})
})

var _ = Describe("The base tags", func() {
	It("should say the project, the environment and who manages a resource, beside the extra ones", func() {
		Expect(awsenv.BaseTags("monitor", "prod", map[string]string{"CostCentre": "42"})).To(Equal(map[string]string{
			"Project": "monitor", "Environment": "prod", "ManagedBy": "pulumi", "CostCentre": "42",
		}))
	})

	It("should need no extra ones", func() {
		Expect(awsenv.BaseTags("monitor", "prod", nil)).To(HaveLen(3))
	})

	It("should leave the extra ones as they were, and keep all but those that have the monitor's keys", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			key := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"Project", "Environment", "ManagedBy"}))
			extra := rapid.MapOf(key, rapid.String()).Draw(t, "extra")
			before := maps.Clone(extra)
			tags := awsenv.BaseTags("p", "e", extra)
			g := NewWithT(t)
			g.Expect(extra).To(Equal(before))
			maps.Copy(before, map[string]string{"Project": "p", "Environment": "e", "ManagedBy": "pulumi"})
			g.Expect(tags).To(Equal(before))
		})
	})
})

var _ = Describe("An environment", func() {
	env := awsenv.New("monitor-prod", account, "us-east-1", nil)

	It("should name resources after the prefix", func() {
		Expect(env.Name("key")).To(Equal("monitor-prod-key"))
	})

	It("should know the ARNs of its resources before they are made", func() {
		Expect(env.ARN("sqs", "monitor-prod-dlq")).To(Equal("arn:aws:sqs:us-east-1:111122223333:monitor-prod-dlq"))
		Expect(env.GlobalARN("iam", "role/r")).To(Equal("arn:aws:iam::111122223333:role/r"))
	})

	It("should put resources on its provider, with their purpose and any further options", func() {
		recording := run(func(ctx *pulumi.Context) error {
			env, err := awsenv.ForLayer(ctx, foundation("false"))
			if err != nil {
				return err
			}
			first, err := sqs.NewQueue(ctx, "first", &sqs.QueueArgs{Tags: env.Tags("Waits")}, env.Options()...)
			if err != nil {
				return err
			}
			_, err = sqs.NewQueue(ctx, "second", nil, env.Options(pulumi.DependsOn([]pulumi.Resource{first}))...)
			return err
		})
		Expect(recording.WithoutExplicitProvider()).To(BeEmpty())
		Expect(recording.Resource("first").Tags()).To(Equal(map[string]any{"Purpose": "Waits"}))
		Expect(recording.Resource("second").DependsOn).To(ConsistOf("first"))
	})
})

// foundation are the values of a foundation that stands on a local AWS or not.
func foundation(local string) outputs.FoundationValues {
	return outputs.FoundationValues{
		AccountID: account, Region: "us-east-1", Prefix: "monitor-prod", Local: local,
		Tags: map[string]string{"Project": "monitor"},
	}
}

var _ = Describe("The environment of a later layer", func() {
	It("should be the foundation's", func() {
		recording := run(func(ctx *pulumi.Context) error {
			env, err := awsenv.ForLayer(ctx, foundation("false"))
			Expect(env.Name("x") + " " + env.ARN("s", "r")).To(Equal("monitor-prod-x arn:aws:s:us-east-1:111122223333:r"))
			return err
		})
		Expect(recording.Resource("aws").Inputs).To(SatisfyAll(
			HaveKeyWithValue("region", "us-east-1"),
			HaveKeyWithValue("allowedAccountIds", []any{account}),
			HaveKeyWithValue("defaultTags", map[string]any{"tags": map[string]any{"Project": "monitor"}}),
			Not(HaveKey("accessKey"))))
	})

	It("should be local where the foundation is", func() {
		recording := run(func(ctx *pulumi.Context) error {
			_, err := awsenv.ForLayer(ctx, foundation("true"))
			return err
		})
		Expect(recording.Resource("aws").Inputs).To(HaveKeyWithValue("accessKey", "localcloud"))
	})

	It("should need its provider", func() {
		for step, err := range pulumitest.FailingEachRegistration(func(ctx *pulumi.Context) error {
			_, err := awsenv.ForLayer(ctx, foundation("true"))
			return err
		}, pulumitest.Options{}) {
			Expect(err).To(MatchError(HavePrefix("configuring the AWS provider: ")), step)
		}
	})
})
