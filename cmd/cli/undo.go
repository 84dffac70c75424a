package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/cmd/preflight"
	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// undoFlags are the flags of the command.
type undoFlags struct {
	yes    bool
	dryRun bool
}

// mostListed is how many fixes are listed.
const mostListed = 50

func newUndo(o *options) *cobra.Command {
	var flags undoFlags
	command := &cobra.Command{
		Use:   "undo [id]",
		Short: "Undo a fix of the remediator; without an id, list the fixes that can be undone",
		Long: "Brings a resource back to exactly what it was before the remediator fixed it, by the deployed remediator itself.\n" +
			"The id is that of the fix's record, which mails have; the first characters of it are enough. Without an id, lists\n" +
			"the fixes that can be undone.\n\n" +
			"It is refused when the resource has changed since the fix, when it was fixed again, or when AWS has no way back.\n" +
			"After it, the remediator leaves the resource alone for 30 days: exempt it to keep it so for longer.\n" +
			"Asks before it does, except for stack local.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			operator, err := o.operator(cmd)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listFixes(cmd, operator)
			}
			return o.undo(cmd, operator, args[0], flags)
		},
	}
	command.Flags().BoolVar(&flags.yes, "yes", false, "do not ask")
	command.Flags().BoolVar(&flags.dryRun, "dry-run", false, "say what would be done, and do nothing")
	return command
}

// operator finds what the stack has deployed, and whose credentials these are.
func (o *options) operator(cmd *cobra.Command) (undo.Operator, error) {
	s, err := o.open(cmd, nil, askAccount)
	if err != nil {
		return undo.Operator{}, err
	}
	outputs, _, err := s.outputs(cmd.Context())
	if err != nil {
		return undo.Operator{}, err
	}
	clients, err := preflight.NewClients(cmd.Context(), s.endpoint)
	if err != nil {
		return undo.Operator{}, err
	}
	caller, err := clients.Identity.GetCallerIdentity(cmd.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return undo.Operator{}, fmt.Errorf("asking whose credentials these are: %w", err)
	}
	operator, err := o.operatorOf(outputs)
	operator.S3, operator.Lambda, operator.By = clients.S3, clients.Lambda, aws.ToString(caller.Arn)
	return operator, err
}

// operatorOf reads what an undo needs from the outputs of the layers.
func (o *options) operatorOf(outputs deploy.Outputs) (undo.Operator, error) {
	operator := undo.Operator{Deploy: "go tool task deploy-functions" + deploy.StackArgument(o.stack)}
	for key, field := range map[string]*string{
		"ReportsBucketName": &operator.Bucket, "FunctionNameRemediator": &operator.Function,
	} {
		for _, layer := range outputs.Stacks {
			for _, output := range layer.Outputs {
				if output.OutputKey == key {
					*field = output.OutputValue
				}
			}
		}
	}
	if operator.Bucket == "" || operator.Function == "" {
		return operator, fmt.Errorf("there is nothing to undo: the functions have not been deployed to stack %s; "+
			"deploy them with 'go tool task deploy-all%s'", o.stack, deploy.StackArgument(o.stack))
	}
	return operator, nil
}

// undo shows what an undo restores, asks, and has it done.
func (o *options) undo(cmd *cobra.Command, operator undo.Operator, id string, flags undoFlags) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	fix, err := operator.Find(ctx, id)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "%s %s, fixed for rule %s on %s (record %s)\n", fix.ResourceType, fix.ResourceID, fix.Rule,
		fix.Updated.UTC().Format("2006-01-02 15:04 MST"), fix.ID)
	show(out, fix.Back())
	if !flags.dryRun && !flags.yes && o.stack != deploy.LocalStack {
		if err := o.agree(cmd, "Type yes to restore this: "); err != nil {
			return err
		}
	}
	answer, err := operator.Undo(ctx, fix, flags.dryRun)
	if err != nil {
		return err
	}
	switch answer.Outcome {
	case contract.Undone:
		_, _ = fmt.Fprintln(out, "Undone and verified. The remediator leaves the resource alone for 30 days: exempt it to keep it so for longer.")
	case contract.WouldUndo:
		_, _ = fmt.Fprintln(out, "Nothing is in the way. It was a dry run: nothing was changed.")
	default:
		return fmt.Errorf("nothing was undone: %s", answer.Why)
	}
	return nil
}

// show shows changes to a person.
func show(out io.Writer, changes []contract.Change) {
	for _, change := range changes {
		_, _ = fmt.Fprintf(out, "  %s: %s -> %s\n", change.Property, orNone(change.Before), orNone(change.After))
	}
}

func orNone(value string) string {
	if value == "" {
		return "(none)"
	}
	return value
}

// agree lets the user type yes.
func (o *options) agree(cmd *cobra.Command, question string) error {
	_, _ = io.WriteString(cmd.ErrOrStderr(), question)
	answers := make(chan string, 1)
	go func() {
		// Whatever ends the line, or keeps it from ending, what was typed decides.
		line, _ := bufio.NewReader(o.in).ReadString('\n')
		answers <- strings.TrimSpace(line)
	}()
	select {
	case <-cmd.Context().Done():
		return fmt.Errorf("nothing was undone: %w", context.Cause(cmd.Context()))
	case answer := <-answers:
		if answer == "" {
			return errors.New("nothing was undone: nobody answered; where nobody can, use --yes")
		}
		if answer != "yes" {
			return fmt.Errorf("nothing was undone: the answer was %q, not %q", answer, "yes")
		}
		return nil
	}
}

// listFixes lists the fixes that can be undone.
func listFixes(cmd *cobra.Command, operator undo.Operator) error {
	fixes, err := operator.List(cmd.Context(), mostListed)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if len(fixes) == 0 {
		_, _ = fmt.Fprintln(out, "There is no fix that can be undone.")
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tFIXED\tRULE\tRESOURCE")
	for _, fix := range fixes {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s %s\n", fix.ID, fix.Updated.UTC().Format("2006-01-02 15:04"), fix.Rule, fix.ResourceType,
			fix.ResourceID)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the fixes: %w", err)
	}
	if len(fixes) == mostListed {
		_, _ = fmt.Fprintf(out, "These are the newest %d; an older one can be undone by its id as well.\n", mostListed)
	}
	return nil
}
