package deploy

import (
	"bytes"
	"context"
	"errors"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

var _ = Describe("An error of a deployment", func() {
	layer := stacks.Layer{Name: "config-rules"}

	Context("of the settings", func() {
		err := &SettingsError{Stack: "prod", Faults: errors.Join(errors.New("one"), errors.New("two"))}

		It("should hold every fault, each on a line, and the files to correct", func() {
			Expect(err.Error()).To(ContainSubstring("nothing was changed:\n  one\n  two\n"))
			Expect(err.Error()).To(HaveSuffix("Correct stacks/<layer>/Pulumi.prod.yaml."))
		})

		It("should wrap the faults", func() {
			Expect(errors.Unwrap(err)).To(MatchError(err.Faults))
		})
	})

	DescribeTable("of a missing upstream should name the command that helps",
		func(stack, command string) {
			err := &UpstreamError{Layer: "config-rules", Upstream: "foundation", Stack: stack}
			Expect(err).To(MatchError(ContainSubstring("layer config-rules needs layer foundation")))
			Expect(err).To(MatchError(HaveSuffix("'" + command + "'")))
		},
		Entry("on stack local", LocalStack, "go tool task deploy-foundation"),
		Entry("on another stack", "prod", "go tool task deploy-foundation STACK=prod"),
	)

	DescribeTable("of an operation that failed should say how much was changed",
		func(done int, said string) {
			err := &FailedError{Layer: "foundation", Doing: deploying, Problems: []string{"a: no", "b: no"}, Done: done}
			Expect(err.Error()).To(HavePrefix("deploying layer foundation stopped:\n  a: no\n  b: no\n" + said))
			Expect(err.Error()).To(ContainSubstring("run the same command again"))
		},
		Entry("nothing", 0, "Nothing was changed."),
		Entry("one resource", 1, "One resource was changed before"),
		Entry("several resources", 7, "7 resources were changed before"),
	)

	Context("when an operation has failed", func() {
		var p *progress

		BeforeEach(func() { p = newProgress(&bytes.Buffer{}, layer.Name, deploying) })

		It("should be what the engine said of resources", func() {
			p.problems = []string{"aws:s3:BucketV2 reports: AccessDenied"}
			err := failure(context.Background(), layer, deploying, errors.New("code: 255"), errors.New("from the program"), p)
			Expect(err).To(HaveField("Problems", p.problems))
		})

		It("should be what the layer's own program returned, where the engine said nothing of resources", func() {
			err := failure(context.Background(), layer, deploying, errors.New("code: 255"), errors.New("from the program"), p)
			Expect(err).To(HaveField("Problems", []string{"from the program"}))
		})

		It("should be what the command line said, where nobody else said anything", func() {
			err := failure(context.Background(), layer, deploying, errors.New("\x1b[31mcode: 255\x1b[0m\n"), nil, p)
			Expect(err).To(HaveField("Problems", []string{"code: 255"}))
		})

		It("should be the interruption, whatever else was said", func() {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			p.problems = []string{"a: no"}
			err := failure(ctx, layer, deploying, errors.New("code: 255"), nil, p)
			Expect(err).To(Equal(&InterruptedError{Layer: "config-rules", Doing: deploying}))
			Expect(err).To(MatchError(ContainSubstring("run the same command again")))
		})
	})

	It("should not speak of changes when a preview is interrupted", func() {
		Expect(&InterruptedError{Layer: "functions", Doing: previewing}).
			To(MatchError("previewing layer functions was interrupted; nothing was changed"))
	})

	Context("when a stack can't be opened", func() {
		It("should ask for the passphrase where that is missing", func() {
			err := openFailure(layer, "prod", errors.New("error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …"))
			Expect(err).To(MatchError(ContainSubstring("set PULUMI_CONFIG_PASSPHRASE")))
			Expect(strings.Count(err.Error(), "\n")).To(BeZero())
		})

		It("should otherwise say what Pulumi says, without its colours", func() {
			err := openFailure(layer, "prod", errors.New("\x1b[31mno such bucket\x1b[0m"))
			Expect(err).To(MatchError("opening stack prod of layer config-rules: no such bucket"))
		})
	})
})
