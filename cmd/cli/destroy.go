package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/cmd/preflight"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

func newDestroy(o *options) *cobra.Command {
	var yes bool
	command := &cobra.Command{
		Use:   "destroy [layer]...",
		Short: "Remove layers, the last one first; all of them unless some are named",
		Long: "Removes everything that the layers made, the last layer first. Asks before it does, except for stack\n" +
			"local. Reports are only deleted where the settings allow it (emptyBucketOnDestroy).",
		RunE: func(cmd *cobra.Command, args []string) error { return o.destroy(cmd, args, yes) },
	}
	command.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return command
}

func (o *options) destroy(cmd *cobra.Command, args []string, yes bool) error {
	layers, err := chosen(args)
	if err != nil {
		return err
	}
	s, err := o.open(cmd, nil, askAccount)
	if err != nil {
		return err
	}
	if err := s.mayDestroy(cmd.Context(), layers); err != nil {
		return err
	}
	if o.stack != deploy.LocalStack && !yes {
		if err := o.confirm(cmd, layers); err != nil {
			return err
		}
	}
	slices.Reverse(layers)
	for _, layer := range layers {
		if _, err := s.runner.Destroy(cmd.Context(), layer); err != nil {
			return err
		}
	}
	if _, _, err := s.outputs(cmd.Context()); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(cmd.OutOrStdout(), "\nNothing is left of %s in stack %s.\n", layerNames(layers), o.stack)
	return nil
}

// mayDestroy fails where a layer that stays needs one that would go, or where reports would be deleted that the settings
// protect.
func (s *session) mayDestroy(ctx context.Context, layers []stacks.Layer) error {
	if err := s.runner.CheckDownstream(ctx, layers); err != nil {
		return err
	}
	clients, err := preflight.NewClients(ctx, s.endpoint)
	if err != nil {
		return err
	}
	for _, layer := range layers {
		if err := s.runner.CheckBucket(ctx, layer, clients.S3); err != nil {
			return err
		}
	}
	return nil
}

// confirm lets the user type the stack's name, since what follows can't be undone.
func (o *options) confirm(cmd *cobra.Command, layers []stacks.Layer) error {
	_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "This removes %s of stack %s, and can't be undone.\nType the stack's name to go on: ",
		layerNames(layers), o.stack)
	answers := make(chan string, 1)
	go func() {
		// Whatever ends the line, or keeps it from ending, what was typed decides.
		line, _ := bufio.NewReader(o.in).ReadString('\n')
		answers <- line
	}()
	select {
	case <-cmd.Context().Done():
		return fmt.Errorf("nothing was destroyed: %w", cmd.Context().Err())
	case answer := <-answers:
		return judge(answer, o.stack)
	}
}

func judge(answer, stack string) error {
	if answer == "" {
		return errors.New("nothing was destroyed: nobody answered; where nobody can, use --yes")
	}
	if strings.TrimSpace(answer) == stack {
		return nil
	}
	return fmt.Errorf("nothing was destroyed: the answer was %q, not %q", strings.TrimSpace(answer), stack)
}
