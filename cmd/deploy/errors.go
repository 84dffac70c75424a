package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// SettingsError holds every fault of the settings of one stack.
type SettingsError struct {
	Stack  string
	Faults error
}

func (e *SettingsError) Error() string {
	return fmt.Sprintf("the settings of stack %s are at fault; nothing was changed:\n%s\nCorrect stacks/<layer>/Pulumi.%s.yaml.",
		e.Stack, indent(e.Faults.Error()), e.Stack)
}

func (e *SettingsError) Unwrap() error { return e.Faults }

// UpstreamError says that a layer needs another one that has not been deployed.
type UpstreamError struct {
	Layer, Upstream, Stack string
}

func (e *UpstreamError) Error() string {
	return fmt.Sprintf("layer %s needs layer %s, which has not been deployed to stack %s: deploy it first, with 'go tool task deploy-%s%s'",
		e.Layer, e.Upstream, e.Stack, e.Upstream, StackArgument(e.Stack))
}

// InterruptedError says that an operation was stopped by its user.
type InterruptedError struct {
	Layer, Doing string
}

func (e *InterruptedError) Error() string {
	if e.Doing == previewing {
		return fmt.Sprintf("%s layer %s was interrupted; nothing was changed", e.Doing, e.Layer)
	}
	return fmt.Sprintf("%s layer %s was interrupted; what was done is in the state: run the same command again to go on",
		e.Doing, e.Layer)
}

// FailedError holds what went wrong in an operation on a layer, a line each.
type FailedError struct {
	Layer, Doing string
	Problems     []string
	Done         int // resources that were changed before
}

func (e *FailedError) Error() string {
	then := "Nothing was changed. Mend the cause and run the same command again."
	switch {
	case e.Done == 1:
		then = "One resource was changed before, and is in the state. Mend the cause and run the same command again to go on."
	case e.Done > 1:
		then = fmt.Sprintf("%d resources were changed before, and are in the state. "+
			"Mend the cause and run the same command again to go on.", e.Done)
	}
	return fmt.Sprintf("%s layer %s stopped:\n%s\n%s", e.Doing, e.Layer, indent(strings.Join(e.Problems, "\n")), then)
}

// StackArgument is how a stack other than local is named on task's command line.
func StackArgument(stack string) string {
	if stack == LocalStack {
		return ""
	}
	return " STACK=" + stack
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ")
}

// interrupted is an InterruptedError where the error came of the user's interruption.
func interrupted(ctx context.Context, layer stacks.Layer, doing string, err error) error {
	if ctx.Err() != nil {
		return &InterruptedError{Layer: layer.Name, Doing: doing}
	}
	return err
}

// failure says what went wrong: the user's interruption, the layer's own error, or the engine's diagnostics.
func failure(ctx context.Context, layer stacks.Layer, doing string, err, programErr error, p *progress) error {
	var problems []string
	switch {
	case ctx.Err() != nil:
		return &InterruptedError{Layer: layer.Name, Doing: doing}
	case programErr != nil && len(p.problems) == 0:
		problems = []string{programErr.Error()}
	case len(p.problems) > 0:
		problems = p.problems
	default:
		problems = []string{plainText(err.Error())}
	}
	return &FailedError{Layer: layer.Name, Doing: doing, Problems: problems, Done: p.done()}
}

// openFailure says why a stack could not be opened; the usual cause is the passphrase of its secrets.
func openFailure(layer stacks.Layer, stack string, err error) error {
	if strings.Contains(err.Error(), "PULUMI_CONFIG_PASSPHRASE") {
		return fmt.Errorf("opening stack %s of layer %s: set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE)"+
			" to the passphrase of this stack; any text will do for a new one", stack, layer.Name)
	}
	return fmt.Errorf("opening stack %s of layer %s: %w", stack, layer.Name, errors.New(plainText(err.Error())))
}
