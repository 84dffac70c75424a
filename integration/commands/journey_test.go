package commands_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// The journey of one deployment through everything that can happen to it, in order: each step goes on where the one
// before it stopped.
var _ = Describe("A deployment to a stack on AWS", Ordered, func() {
	const environment = "journey"
	var (
		c     command
		front *proxy
	)
	bucket := names.Bucket(prefix(environment), account)

	BeforeAll(func() {
		c = onCloud(newCheckout(), environment)
		front = newProxy()
		c.env["AWS_ENDPOINT_URL"] = front.URL
	})

	It("should not begin without the passphrase of its secrets", func(ctx SpecContext) {
		c.without("PULUMI_CONFIG_PASSPHRASE").fail([]string{"up", "foundation"}, "set PULUMI_CONFIG_PASSPHRASE", "any text will do for a new one")
		Expect(inventory(ctx, environment)).To(BeEmpty())
	})

	It("should not begin with a layer whose upstream is missing", func(ctx SpecContext) {
		c.fail([]string{"up", "config-rules"}, "nothing was changed", "layer config-rules needs layer foundation",
			"go tool task deploy-foundation STACK=prod")
		Expect(inventory(ctx, environment)).To(BeEmpty())
	})

	Context("when everything is killed in the middle", func() {
		It("should lose sight of what was under way", func(ctx SpecContext) {
			role, key := front.hold(action("CreateRole")), front.hold(target("TrentService.CreateKey"))
			run := c.start("up", "foundation")
			Eventually(role).WithContext(ctx).WithTimeout(patience).Should(Receive())
			Eventually(key).WithContext(ctx).WithTimeout(patience).Should(Receive())
			engine := c.engine("foundation")
			run.signal(syscall.SIGKILL)
			for _, pid := range append(children(ctx, engine), engine) {
				Expect(syscall.Kill(pid, syscall.SIGKILL)).To(Succeed())
			}
			run.end()
			front.clear()
			Expect(c.state("foundation").pending()).To(ContainElements("creating config", "creating key"))
			Expect(c.locks("foundation")).To(HaveLen(1))
			Expect(inventory(ctx, environment)).To(ContainElements(HavePrefix("role "), HavePrefix("key ")))
		})

		It("should be found by the next run, which then meets an error of AWS", func() {
			front.refuse(putSubresource("encryption"), "AccessDenied", "User ada is not authorized to encrypt buckets")
			r := c.fail([]string{"up", "foundation"},
				"deploying layer foundation stopped:", "aws:s3:BucketServerSideEncryptionConfigurationV2 reports-encryption",
				"User ada is not authorized to encrypt buckets", "are in the state", "run the same command again to go on")
			front.clear()
			Expect(lines(r.ErrOut, "an earlier run was killed while working on")).To(ConsistOf(
				And(ContainSubstring("config"), ContainSubstring("key"))))
			Expect(lines(r.ErrOut, "+ aws:iam:Role ")).To(BeEmpty())
			Expect(lines(r.ErrOut, "+ aws:kms:Key ")).To(BeEmpty())
			Expect(c.state("foundation").names()).To(And(ContainElements("config", "key", "reports"), Not(ContainElement("reports-encryption"))))
			Expect(c.state("foundation").pending()).To(BeEmpty())
		})
	})

	It("should stop at Ctrl-C when what is under way has ended, and keep that", func(ctx SpecContext) {
		held := front.hold(putSubresource("encryption"))
		run := c.start("up", "foundation")
		Eventually(held).WithContext(ctx).WithTimeout(patience).Should(Receive())
		run.signal(syscall.SIGINT)
		Eventually(run.errOut.String).WithTimeout(patience).Should(ContainSubstring("interrupted: waiting for what is under way to end"))
		front.clear()
		Expect(run.end()).To(failWith(130, "deploying layer foundation was interrupted", "run the same command again to go on"))
		Expect(c.state("foundation").names()).To(ContainElement("reports-encryption"))
		Expect(c.state("foundation").pending()).To(BeEmpty())
		Expect(c.locks("foundation")).To(BeEmpty())
	})

	It("should go on to its end with the next run, with everything once", func(ctx SpecContext) {
		r := c.succeed("up", "foundation", "config-rules")
		Expect(r.Out).To(ContainSubstring("Deployed to stack prod in"))
		Expect(lines(r.ErrOut, "!")).To(ConsistOf(ContainSubstring("AWS_ENDPOINT_URL is set: stack prod goes to " + front.URL)))
		all := inventory(ctx, environment)
		for kind, count := range map[string]int{"role ": 1, "key Encrypts": 1, "key alias ": 1, "bucket ": 1, "topic ": 2, "queue ": 1, "subscription ": 1} {
			Expect(all).To(ContainElements(HavePrefix(kind)))
			Expect(lines(strings.Join(all, "\n"), kind)).To(HaveLen(count), kind)
		}
	})

	It("should have nothing to do when it is repeated", func() {
		r := c.succeed("up", "foundation", "config-rules")
		Expect(lines(r.Out, "foundation")).To(ContainElement(MatchRegexp(`^foundation +0 +0 +\d+`)))
		Expect(lines(r.Out, "config-rules")).To(ContainElement(MatchRegexp(`^config-rules +0 +0 +\d+`)))
	})

	It("should have its outputs as JSON, and nothing else, on standard output and in a file", func() {
		r := c.succeed("outputs")
		Expect(os.ReadFile(c.path("outputs/prod.json"))).To(BeEquivalentTo(r.Out))
		decoder := json.NewDecoder(strings.NewReader(r.Out))
		decoder.DisallowUnknownFields()
		var outputs deploy.Outputs
		Expect(decoder.Decode(&outputs)).To(Succeed())
		Expect(outputs.Stacks).To(HaveExactElements(
			And(HaveField("Layer", "foundation"), HaveField("StackName", "compliance-monitor-foundation-prod")),
			And(HaveField("Layer", "config-rules"), HaveField("StackName", "compliance-monitor-config-rules-prod")),
		))
		Expect(outputs.Stacks[0].Outputs).To(ContainElement(deploy.Output{
			OutputKey: "ReportsBucketName", OutputValue: bucket, Description: "Name of the bucket of reports, events and records",
			ExportName: "compliance-monitor-foundation-prod:ReportsBucketName",
		}))
		var plain map[string]any
		Expect(json.Unmarshal([]byte(r.Out), &plain)).To(Succeed())
		Expect(plain).To(HaveLen(1))
	})

	It("should show in a preview what would change, and change nothing", func(ctx SpecContext) {
		before, state := inventory(ctx, environment), files(filepath.Join(c.env["backend"], ".pulumi", "stacks"))
		c.settings("prod", "foundation", "environment: "+environment, "local: true", "keyDeletionDays: 7",
			"violationsEmails: [security@example.com, audit@example.com]", "retentionDays: 60")
		r := c.succeed("preview", "foundation", "config-rules")
		Expect(lines(r.ErrOut, "+ aws:")).To(ConsistOf(ContainSubstring("violations-audit@example.com")))
		Expect(lines(r.ErrOut, "~ aws:")).To(ConsistOf(And(ContainSubstring("reports-lifecycle"), ContainSubstring("rules"))))
		Expect(r.Out).To(Equal("2 changes\n"))
		Expect(inventory(ctx, environment)).To(Equal(before))
		Expect(files(filepath.Join(c.env["backend"], ".pulumi", "stacks"))).To(Equal(state))
	})

	Context("when the account loses its recorder", func() {
		BeforeAll(func(ctx SpecContext) {
			name := "default"
			_, err := aws.Config.StopConfigurationRecorder(ctx, &configservice.StopConfigurationRecorderInput{ConfigurationRecorderName: &name})
			Expect(err).NotTo(HaveOccurred())
			described, err := aws.Config.DescribeConfigurationRecorders(ctx, nil)
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(func(ctx SpecContext) {
				_, err := aws.Config.PutConfigurationRecorder(ctx, &configservice.PutConfigurationRecorderInput{
					ConfigurationRecorder: &types.ConfigurationRecorder{
						Name: &name, RoleARN: described.ConfigurationRecorders[0].RoleARN,
						RecordingGroup: &types.RecordingGroup{AllSupported: true, IncludeGlobalResourceTypes: true},
					},
				})
				Expect(err).NotTo(HaveOccurred())
				_, err = aws.Config.StartConfigurationRecorder(ctx, &configservice.StartConfigurationRecorderInput{ConfigurationRecorderName: &name})
				Expect(err).NotTo(HaveOccurred())
			})
		})

		It("should stop before it begins, and say how to start the recorder, or get one", func(ctx SpecContext) {
			before := inventory(ctx, environment)
			c.fail([]string{"up", "config-rules"}, "nothing was changed", "recorder default of account "+account+" is stopped",
				"aws configservice start-configuration-recorder")
			name := "default"
			_, err := aws.Config.DeleteConfigurationRecorder(ctx, &configservice.DeleteConfigurationRecorderInput{ConfigurationRecorderName: &name})
			Expect(err).NotTo(HaveOccurred())
			c.fail([]string{"up", "config-rules"}, "nothing was changed", "account "+account+" has no AWS Config recorder",
				"set up AWS Config in the console")
			Expect(inventory(ctx, environment)).To(Equal(before))
		})
	})

	Context("when it is to be destroyed", func() {
		It("should stay without an answer, or with a wrong one", func(ctx SpecContext) {
			before := inventory(ctx, environment)
			c.fail([]string{"destroy", "config-rules"}, "nothing was destroyed", "nobody answered", "--yes")
			c.answering("yes\n").fail([]string{"destroy", "config-rules"}, "nothing was destroyed", `the answer was "yes", not "prod"`)
			Expect(inventory(ctx, environment)).To(Equal(before))
		})

		It("should not take away a layer that another one is built on", func(ctx SpecContext) {
			before := inventory(ctx, environment)
			c.fail([]string{"destroy", "foundation", "--yes"}, "nothing was destroyed", "in stack prod, layer config-rules is built on layer foundation",
				"destroy config-rules first, or in the same run")
			Expect(inventory(ctx, environment)).To(Equal(before))
		})

		It("should keep reports that the settings protect, and say what to do", func(ctx SpecContext) {
			_, err := aws.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: pointer("reports/x.json"), Body: strings.NewReader("{}")})
			Expect(err).NotTo(HaveOccurred())
			before := inventory(ctx, environment)
			c.fail([]string{"destroy", "foundation", "config-rules", "--yes"}, "nothing was destroyed", "bucket "+bucket+" holds reports",
				"compliance-monitor-foundation:emptyBucketOnDestroy to true", "'go tool task deploy-foundation STACK=prod'")
			Expect(inventory(ctx, environment)).To(Equal(before))
		})

		It("should go when its owner does that and types the stack's name, and leave nothing", func(ctx SpecContext) {
			c.settings("prod", "foundation", "environment: "+environment, "local: true", "keyDeletionDays: 7",
				"violationsEmails: [security@example.com]", "emptyBucketOnDestroy: true")
			c.succeed("up", "foundation")
			r := c.answering("prod\n").succeed("destroy", "foundation", "config-rules")
			Expect(r.ErrOut).To(ContainSubstring("This removes foundation, config-rules of stack prod, and can't be undone."))
			Expect(r.Out).To(ContainSubstring("Nothing is left of config-rules, foundation in stack prod."))
			Expect(inventory(ctx, environment)).To(BeEmpty())
			Expect(os.ReadFile(c.path("outputs/prod.json"))).To(MatchJSON(`{"Stacks":[]}`))
		})

		It("should have nothing to do the second time", func() {
			r := c.succeed("destroy", "foundation", "--yes")
			Expect(r.ErrOut).To(ContainSubstring("it has not been deployed"))
		})
	})
})

func pointer[T any](value T) *T { return &value }
