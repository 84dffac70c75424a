package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing/iotest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

var _ = Describe("The question before a destruction", func() {
	var ctx context.Context

	BeforeEach(func() { ctx = context.Background() })

	confirm := func(in io.Reader) (string, error) {
		var asked bytes.Buffer
		command := &cobra.Command{}
		command.SetErr(&asked)
		command.SetContext(ctx)
		err := (&options{stack: "prod", in: in}).confirm(command, stacks.Layers())
		return asked.String(), err
	}

	It("should say what would go, and how to agree", func() {
		asked, _ := confirm(strings.NewReader("prod\n"))
		Expect(asked).To(And(
			ContainSubstring("removes foundation, config-rules, functions, observability of stack prod"),
			ContainSubstring("can't be undone"), ContainSubstring("Type the stack's name"),
		))
	})

	DescribeTable("should be answered with the stack's name only",
		func(answer string, matcher OmegaMatcher) {
			_, err := confirm(strings.NewReader(answer))
			Expect(err).To(matcher)
		},
		Entry("the name", "prod\n", Succeed()),
		Entry("the name, with blanks", "  prod \n", Succeed()),
		Entry("the name, without an end of line", "prod", Succeed()),
		Entry("yes", "yes\n", MatchError(`nothing was destroyed: the answer was "yes", not "prod"`)),
		Entry("an empty line", "\n", MatchError(`nothing was destroyed: the answer was "", not "prod"`)),
		Entry("nobody", "", MatchError(ContainSubstring("nothing was destroyed: nobody answered; where nobody can, use --yes"))),
	)

	It("should end at Ctrl-C, without an answer", func() {
		interrupted, interrupt := context.WithCancel(ctx)
		ctx = interrupted
		interrupt()
		silent, _ := io.Pipe()
		_, err := confirm(silent)
		Expect(err).To(MatchError(context.Canceled))
	})

	It("should take a broken input for nobody", func() {
		_, err := confirm(iotest.ErrReader(errors.New("closed")))
		Expect(err).To(MatchError(ContainSubstring("nobody answered")))
	})
})
