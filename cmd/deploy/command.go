package deploy

import (
	"context"
	"io"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// frugal is the Pulumi CLI without the questions that the Automation API asks after every update (the outputs, twice,
// and the history) and that nobody here reads the answers of: each starts a process that takes as long as a small update.
type frugal struct {
	auto.PulumiCommand
}

// unread are the questions, and answers that the Automation API takes for "nothing".
var unread = []struct {
	arguments []string
	answer    string
}{
	{[]string{"stack", "output", "--json"}, "{}"},
	{[]string{"stack", "history", "--json"}, "[]"},
}

// Run starts the CLI unless nobody reads the answer.
func (f frugal) Run(
	ctx context.Context, workdir string, stdin io.Reader, output, errorOutput []io.Writer, env []string, args ...string,
) (string, string, int, error) {
	for _, question := range unread {
		if asks(args, question.arguments) {
			return question.answer, "", 0, nil
		}
	}
	return f.PulumiCommand.Run(ctx, workdir, stdin, output, errorOutput, env, args...)
}

// asks says whether the command line has the words of the question, in order and before its options.
func asks(args, question []string) bool {
	start := slices.Index(args, question[0])
	return start >= 0 && len(args) >= start+len(question) && slices.Equal(args[start:start+len(question)], question)
}
