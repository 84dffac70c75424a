package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
)

// remediator is a deployed remediator and its records.
type remediator struct {
	records map[string]string // by key
	answer  string
	invoked []string
}

func (r *remediator) ListObjectsV2(
	context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options),
) (*s3.ListObjectsV2Output, error) {
	out := &s3.ListObjectsV2Output{}
	for key := range r.records {
		out.Contents = append(out.Contents, types.Object{Key: aws.String(key)})
	}
	slices.SortFunc(out.Contents, func(a, b types.Object) int { return strings.Compare(*a.Key, *b.Key) })
	return out, nil
}

func (r *remediator) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	return &s3.GetObjectOutput{Body: io.NopCloser(strings.NewReader(r.records[*in.Key]))}, nil
}

func (r *remediator) Invoke(_ context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	r.invoked = append(r.invoked, string(in.Payload))
	return &lambda.InvokeOutput{Payload: []byte(r.answer)}, nil
}

func (r *remediator) operator() undo.Operator {
	return undo.Operator{S3: r, Lambda: r, Bucket: "reports", Function: "f", By: "ann", Deploy: "deploy"}
}

var _ = Describe("The command that undoes a fix", func() {
	const key = "remediations/2026/11/23/0123456789abcdef0123456789abcdef.json"
	const restored = "AWS::S3::Bucket data, fixed for rule s3-encryption on 2026-11-23 12:00 UTC (record 0123456789abcdef0123456789abcdef)\n" +
		"  SSEAlgorithm: aws:kms -> AES256\n  KMSMasterKeyID: key -> (none)\n"

	var deployed *remediator

	BeforeEach(func() {
		deployed = &remediator{answer: `{"outcome":"undone"}`, records: map[string]string{key: `{"id":"0123456789abcdef0123456789abcdef",
			"rule":"s3-encryption","resourceType":"AWS::S3::Bucket","resourceId":"data","outcome":"verified","updatedAt":"2026-11-23T12:00:00Z",
			"changes":[{"property":"SSEAlgorithm","before":"AES256","after":"aws:kms"},{"property":"KMSMasterKeyID","after":"key"}]}`}}
	})

	run := func(stack, typed, id string, flags undoFlags) (out, asked string, err error) {
		var o, e bytes.Buffer
		command := &cobra.Command{}
		command.SetContext(GinkgoT().Context())
		command.SetOut(&o)
		command.SetErr(&e)
		err = (&options{stack: stack, in: strings.NewReader(typed)}).undo(command, deployed.operator(), id, flags)
		return o.String(), e.String(), err
	}

	It("should show what is restored, ask, and say that it is", func() {
		out, asked, err := run("prod", "yes\n", "0123", undoFlags{})
		Expect(err).NotTo(HaveOccurred())
		Expect(asked).To(Equal("Type yes to restore this: "))
		Expect(out).To(Equal(restored + "Undone and verified. The remediator leaves the resource alone for 30 days: exempt it to keep it so for longer.\n"))
		Expect(deployed.invoked).To(ConsistOf(And(ContainSubstring(key), ContainSubstring(`"dryRun":false`))))
	})

	DescribeTable("should do nothing without a yes",
		func(typed, why string) {
			out, _, err := run("prod", typed, "0123", undoFlags{})
			Expect(err).To(MatchError(ContainSubstring(why)))
			Expect(out).To(Equal(restored), "what would be restored has been shown")
			Expect(deployed.invoked).To(BeEmpty())
		},
		Entry("but another answer", "no\n", `nothing was undone: the answer was "no", not "yes"`),
		Entry("because nobody is there", "", "nothing was undone: nobody answered; where nobody can, use --yes"),
	)

	It("should end at Ctrl-C, without an answer", func() {
		interrupted, interrupt := context.WithCancel(GinkgoT().Context())
		interrupt()
		command := &cobra.Command{}
		command.SetContext(interrupted)
		command.SetErr(io.Discard)
		silent, _ := io.Pipe()
		Expect((&options{in: silent}).agree(command, "?")).To(MatchError(context.Canceled))
	})

	DescribeTable("should not ask",
		func(stack string, flags undoFlags) {
			_, asked, err := run(stack, "", "0123", flags)
			Expect(err).NotTo(HaveOccurred())
			Expect(asked).To(BeEmpty())
			Expect(deployed.invoked).To(HaveLen(1))
		},
		Entry("on the local stack", deploy.LocalStack, undoFlags{}),
		Entry("where it is told not to", "prod", undoFlags{yes: true}),
		Entry("before a dry run", "prod", undoFlags{dryRun: true}),
	)

	It("should say that a dry run has changed nothing", func() {
		deployed.answer = `{"outcome":"would-undo"}`
		out, _, err := run("prod", "", "0123", undoFlags{dryRun: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(out).To(HaveSuffix("Nothing is in the way. It was a dry run: nothing was changed.\n"))
		Expect(deployed.invoked).To(ConsistOf(ContainSubstring(`"dryRun":true`)))
	})

	It("should fail with the remediator's reason when it refuses", func() {
		deployed.answer = `{"outcome":"refused","why":"the resource does not exist any more"}`
		_, _, err := run("local", "", "0123", undoFlags{})
		Expect(err).To(MatchError("nothing was undone: the resource does not exist any more"))
	})

	It("should fail when there is no such record, and when the remediator does not know how", func() {
		_, _, err := run("local", "", "f", undoFlags{})
		Expect(err).To(MatchError(ContainSubstring("there is no record whose id is or begins with f")))
		deployed.answer = "null"
		_, _, err = run("local", "", "0123", undoFlags{})
		Expect(err).To(MatchError(ContainSubstring("does not know how to undo")))
	})

	list := func() (string, error) {
		var o bytes.Buffer
		command := &cobra.Command{}
		command.SetContext(GinkgoT().Context())
		command.SetOut(&o)
		err := listFixes(command, deployed.operator())
		return o.String(), err
	}

	It("should list what can be undone", func() {
		Expect(list()).To(Equal("ID                                FIXED             RULE           RESOURCE\n" +
			"0123456789abcdef0123456789abcdef  2026-11-23 12:00  s3-encryption  AWS::S3::Bucket data\n"))
		deployed.records = nil
		Expect(list()).To(Equal("There is no fix that can be undone.\n"))
		deployed.records = map[string]string{key: "{"}
		_, err := list()
		Expect(err).To(MatchError(ContainSubstring("it is damaged")))
	})

	It("should list no more than people read, and say so", func() {
		for i := range mostListed + 1 {
			deployed.records[fmt.Sprintf("remediations/2026/11/24/%032d.json", i)] = `{"outcome":"verified"}`
		}
		out, err := list()
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.Count(out, "\n")).To(Equal(mostListed + 2))
		Expect(out).To(HaveSuffix("These are the newest 50; an older one can be undone by its id as well.\n"))
	})
})

var _ = Describe("What an undo needs of a stack", func() {
	outputs := deploy.Outputs{Stacks: []deploy.StackOutputs{
		{Layer: "foundation", Outputs: []deploy.Output{{OutputKey: "ReportsBucketName", OutputValue: "reports"}}},
		{Layer: "functions", Outputs: []deploy.Output{{OutputKey: "FunctionNameRemediator", OutputValue: "f"}}},
	}}

	It("should be read from its outputs", func() {
		Expect((&options{stack: "prod"}).operatorOf(outputs)).To(Equal(
			undo.Operator{Bucket: "reports", Function: "f", Deploy: "go tool task deploy-functions STACK=prod"}))
	})

	It("should be missed with the command that deploys it", func() {
		_, err := (&options{stack: "prod"}).operatorOf(deploy.Outputs{Stacks: outputs.Stacks[:1]})
		Expect(err).To(MatchError("there is nothing to undo: the functions have not been deployed to stack prod; " +
			"deploy them with 'go tool task deploy-all STACK=prod'"))
	})
})
