package deploy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

var _ = Describe("A runner", func() {
	var (
		cli                     *fakeCLI
		runner                  *Runner
		out                     *gbytes.Buffer
		foundation, configRules stacks.Layer
	)
	deployed := apitype.DeploymentV3{Resources: []apitype.ResourceV3{
		{URN: stackURN, Type: stackType, Outputs: map[string]any{"region": "us-east-1"}},
	}}

	BeforeEach(func() {
		out = gbytes.NewBuffer()
		root := GinkgoT().TempDir()
		for _, layer := range stacks.Layers() {
			putSettings(root, layer.Name, "prod", "config: {}\n")
		}
		cli = &fakeCLI{projects: map[string]apitype.DeploymentV3{}, streams: []events.EngineEvent{}}
		runner = &Runner{
			target: Target{
				Stack: "prod", Root: root, StateDir: GinkgoT().TempDir(), Env: map[string]string{envBackend: "s3://bucket"},
			},
			command: frugal{cli}, out: out,
			opened: map[string]auto.Stack{}, opening: map[string]func() (auto.Stack, error){},
			states: map[string]func() (State, error){}, deployed: map[string]bool{},
			keys: func(context.Context) (Keys, error) { return fakeKeys{}, nil },
		}
		foundation, configRules = layerNamed("foundation"), layerNamed("config-rules")
	})

	Context("when it deploys", func() {
		It("should make the stack, show what happens, and say what was done", func(ctx context.Context) {
			cli.streams = []events.EngineEvent{begins(apitype.OpCreate, bucketURN), ends(apitype.OpCreate, bucketURN)}
			result, err := runner.Up(ctx, foundation)
			Expect(err).NotTo(HaveOccurred())
			Expect(result.Changes).To(Equal(map[string]int{"create": 1}))
			Expect(result.Changed()).To(Equal(1))
			Expect(runner.State(ctx, foundation)).To(Equal(State{}))
			Expect(cli.commands).To(Equal([]string{
				"foundation: stack select", "foundation: stack init", "foundation: stack export", "foundation: up",
				"foundation: stack export",
			}))
			Expect(string(out.Contents())).To(And(HavePrefix("deploying foundation\n"), ContainSubstring("+ aws:s3:BucketV2"),
				ContainSubstring("1 created in")))
		}, SpecTimeout(time30))

		It("should not begin without the layers that it needs", func(ctx context.Context) {
			_, err := runner.Up(ctx, configRules)
			Expect(err).To(Equal(&UpstreamError{Layer: "config-rules", Upstream: "foundation", Stack: "prod"}))
			Expect(cli.commands).NotTo(ContainElement("config-rules: up"))
		}, SpecTimeout(time30))

		It("should ask for the layers that it needs before anything starts", func(ctx context.Context) {
			Expect(runner.CheckUpstream(ctx, []stacks.Layer{foundation, configRules})).To(Succeed())
			Expect(runner.CheckUpstream(ctx, []stacks.Layer{configRules})).To(BeAssignableToTypeOf(&UpstreamError{}))
			cli.projects["foundation"] = deployed
			Expect(runner.CheckUpstream(ctx, []stacks.Layer{configRules})).To(Succeed())
		}, SpecTimeout(time30))

		It("should not count a stack that an earlier run only began as deployed", func(ctx context.Context) {
			cli.projects["foundation"] = apitype.DeploymentV3{}
			Expect(runner.CheckUpstream(ctx, []stacks.Layer{configRules})).To(BeAssignableToTypeOf(&UpstreamError{}))
		}, SpecTimeout(time30))

		It("should gather what went wrong in one error", func(ctx context.Context) {
			cli.projects["foundation"] = deployed
			cli.failing, cli.stderr = "up", "error: update failed"
			cli.streams = []events.EngineEvent{
				ends(apitype.OpCreate, bucketURN+"-other"),
				says("error", bucketURN, "AccessDenied: not you"), fails(apitype.OpCreate, bucketURN), says("error", stackURN, "update failed"),
			}
			_, err := runner.Up(ctx, foundation)
			Expect(err).To(Equal(&FailedError{
				Layer: "foundation", Doing: deploying, Done: 1, Problems: []string{"aws:s3:BucketV2 reports: AccessDenied: not you"},
			}))
		}, SpecTimeout(time30))

		It("should not wait for an engine that ends before it reports anything", func(ctx context.Context) {
			cli.projects["foundation"] = deployed
			cli.failing, cli.stderr, cli.streams = "up", "error: out of memory", nil
			_, err := runner.Up(ctx, foundation)
			Expect(err).To(MatchError(And(ContainSubstring("out of memory"), ContainSubstring("Nothing was changed."))))
		}, SpecTimeout(time30))

		It("should say so when it is interrupted", func(ctx context.Context) {
			ctx, interrupt := context.WithCancel(ctx)
			cli.projects["foundation"] = deployed
			cli.during = interrupt
			cli.streams = nil
			_, err := runner.Up(ctx, foundation)
			Expect(err).NotTo(HaveOccurred())
			Eventually(out).Should(gbytes.Say("interrupted: waiting for what is under way to end"))
		}, SpecTimeout(time30))

		It("should not wait for a stack that another machine works on", func(ctx context.Context) {
			backend := GinkgoT().TempDir()
			runner.target.Env[envBackend] = "file://" + backend
			locks := filepath.Join(backend, ".pulumi", "locks", "organization", foundation.Project, "prod")
			Expect(os.MkdirAll(locks, 0o755)).To(Succeed())
			Expect(os.WriteFile(filepath.Join(locks, "l.json"), []byte(`{"pid":1,"hostname":"elsewhere"}`), 0o600)).To(Succeed())
			_, err := runner.Up(ctx, foundation)
			Expect(err).To(BeAssignableToTypeOf(&LockedError{}))
		}, SpecTimeout(time30))
	})

	Context("when it previews", func() {
		It("should leave no stack behind that was not there", func(ctx context.Context) {
			_, err := runner.Preview(ctx, foundation)
			Expect(err).NotTo(HaveOccurred())
			Expect(cli.commands).To(ContainElements("foundation: preview", "foundation: stack rm"))
			Expect(cli.projects).To(BeEmpty())
		}, SpecTimeout(time30))

		It("should leave a stack as it is, with what a killed run left open", func(ctx context.Context) {
			cli.projects["foundation"] = interruptedDeployment()
			_, err := runner.Preview(ctx, foundation)
			Expect(err).NotTo(HaveOccurred())
			Expect(cli.projects["foundation"]).To(Equal(interruptedDeployment()))
		}, SpecTimeout(time30))
	})

	Context("when it destroys", func() {
		It("should remove the resources and then the stack", func(ctx context.Context) {
			cli.projects["foundation"] = deployed
			cli.streams = []events.EngineEvent{ends(apitype.OpDelete, bucketURN)}
			result, err := runner.Destroy(ctx, foundation)
			Expect(err).NotTo(HaveOccurred())
			Expect(result.Changed()).To(Equal(1))
			Expect(cli.projects).To(BeEmpty())
		}, SpecTimeout(time30))

		It("should have nothing to do where nothing was deployed", func(ctx context.Context) {
			result, err := runner.Destroy(ctx, foundation)
			Expect(err).NotTo(HaveOccurred())
			Expect(result.Changed()).To(BeZero())
			Expect(cli.commands).To(Equal([]string{"foundation: stack select"}))
			Expect(out).To(gbytes.Say("it has not been deployed"))
		}, SpecTimeout(time30))
	})

	It("should refresh what is deployed", func(ctx context.Context) {
		cli.projects["foundation"] = deployed
		cli.streams = []events.EngineEvent{ends(apitype.OpSame, bucketURN)}
		result, err := runner.Refresh(ctx, foundation)
		Expect(err).NotTo(HaveOccurred())
		Expect(result.Changed()).To(BeZero())
	}, SpecTimeout(time30))

	It("should settle what a killed run left open before it goes on", func(ctx context.Context) {
		cli.projects["foundation"] = interruptedDeployment()
		_, err := runner.Up(ctx, foundation)
		Expect(err).NotTo(HaveOccurred())
		_, err = runner.State(ctx, foundation)
		Expect(err).NotTo(HaveOccurred())
		Expect(cli.commands).To(Equal([]string{
			"foundation: stack select", "foundation: stack export", "foundation: stack import", "foundation: refresh",
			"foundation: up", "foundation: stack export",
		}))
		Expect(cli.projects["foundation"].PendingOperations).To(BeEmpty())
		Expect(cli.targets).To(Equal([]string{bucketURN}))
		Expect(out).To(gbytes.Say("! an earlier run was killed while working on reports"))
	}, SpecTimeout(time30))

	It("should leave open what it could not settle", func(ctx context.Context) {
		cli.projects["foundation"] = interruptedDeployment()
		cli.failing, cli.stderr = "refresh", "ExpiredToken"
		_, err := runner.Up(ctx, foundation)
		Expect(err).To(MatchError(ContainSubstring("ExpiredToken")))
		Expect(cli.commands).NotTo(ContainElement("foundation: up"))
		Expect(cli.projects["foundation"]).To(Equal(interruptedDeployment()))
	}, SpecTimeout(time30))

	It("should read the outputs of the layers that are deployed", func(ctx context.Context) {
		cli.projects["foundation"] = deployed
		outputs, err := runner.Outputs(ctx, stacks.Layers())
		Expect(err).NotTo(HaveOccurred())
		Expect(outputs.Stacks).To(HaveExactElements(And(
			HaveField("Layer", "foundation"), HaveField("StackName", "compliance-monitor-foundation-prod"),
			HaveField("Outputs", HaveExactElements(HaveField("OutputKey", "Region"))),
		)))
	}, SpecTimeout(time30))

	DescribeTable("should say what Pulumi can't do",
		func(ctx context.Context, failing string, during func(context.Context) error, said string) {
			cli.projects["foundation"] = interruptedDeployment()
			cli.failing, cli.stderr = failing, "out of order"
			Expect(during(ctx)).To(MatchError(And(ContainSubstring(said), ContainSubstring("out of order"))))
		},
		Entry("opening a stack", "stack select",
			func(ctx context.Context) error { _, err := runner.Up(ctx, foundation); return err }, "opening stack prod of layer foundation"),
		Entry("reading a state", "stack export",
			func(ctx context.Context) error { _, err := runner.State(ctx, foundation); return err }, "reading the state of layer foundation"),
		Entry("reading a state that has to be settled", "stack export",
			func(ctx context.Context) error { _, err := runner.Up(ctx, foundation); return err }, "reading the state of layer foundation"),
		Entry("writing a state", "stack import",
			func(ctx context.Context) error { _, err := runner.Up(ctx, foundation); return err }, "writing the state of layer foundation"),
		Entry("looking what became of resources", "refresh",
			func(ctx context.Context) error { _, err := runner.Up(ctx, foundation); return err }, "settling what an earlier run"),
		Entry("removing a stack", "stack rm",
			func(ctx context.Context) error { _, err := runner.Destroy(ctx, foundation); return err }, "removing the empty stack of layer foundation"),
	)

	It("should say that a stack can't be made", func(ctx context.Context) {
		cli.failing, cli.stderr = "stack init", "passphrase must be set with PULUMI_CONFIG_PASSPHRASE"
		_, err := runner.Up(ctx, foundation)
		Expect(err).To(MatchError(ContainSubstring("set PULUMI_CONFIG_PASSPHRASE")))
	}, SpecTimeout(time30))

	It("should not start without the Pulumi CLI", func(ctx context.Context) {
		for _, root := range []string{GinkgoT().TempDir(), ""} {
			GinkgoT().Setenv("PATH", "")
			_, err := NewRunner(ctx, Target{Pulumi: root}, out)
			Expect(err).To(MatchError(ContainSubstring("go tool task toolchain")), fmt.Sprintf("root %q", root))
		}
	}, SpecTimeout(time30))
})
