package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

func newPreview(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "preview [layer]...",
		Short: "Show what up would do, and change nothing",
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.each(cmd, args, (*deploy.Runner).Preview)
		},
	}
}

func newRefresh(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "refresh [layer]...",
		Short: "Bring the recorded state in line with what is really there",
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.each(cmd, args, (*deploy.Runner).Refresh)
		},
	}
}

// each carries out an operation on the chosen layers in order. A layer that can't be looked at yet, since one of the
// chosen layers before it has never been deployed, ends a preview without an error: that is no fault of the settings.
func (o *options) each(
	cmd *cobra.Command, args []string,
	do func(*deploy.Runner, context.Context, stacks.Layer) (deploy.Result, error),
) error {
	layers, err := chosen(args)
	if err != nil {
		return err
	}
	s, err := o.open(cmd, layers, askReadiness)
	if err != nil {
		return err
	}
	changed := 0
	for _, layer := range layers {
		result, err := do(s.runner, cmd.Context(), layer)
		var upstream *deploy.UpstreamError
		if errors.As(err, &upstream) && named(layers, upstream.Upstream) {
			_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s and the layers after it can be shown once %s is deployed\n",
				layer.Name, upstream.Upstream)
			break
		}
		if err != nil {
			return err
		}
		changed += result.Changed()
	}
	_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", changes(changed))
	return nil
}

func changes(count int) string {
	switch count {
	case 0:
		return "no change"
	case 1:
		return "1 change"
	default:
		return fmt.Sprintf("%d changes", count)
	}
}
