package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

func newUp(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "up [layer]...",
		Short: "Deploy layers, all of them unless some are named",
		Long: "Deploys layers in order, all of them unless some are named. Checks all settings, the credentials, the\n" +
			"account, its Config recorder and quotas before anything is changed. Safe to repeat: what is as it should\n" +
			"be is left alone, and an interrupted run goes on where it stopped.",
		RunE: func(cmd *cobra.Command, args []string) error { return o.up(cmd, args) },
	}
}

func (o *options) up(cmd *cobra.Command, args []string) error {
	started := time.Now()
	layers, err := chosen(args)
	if err != nil {
		return err
	}
	s, err := o.open(cmd, layers, askReadiness)
	if err != nil {
		return err
	}
	var results []deploy.Result
	err = s.deploy(cmd.Context(), layers, func(result deploy.Result) { results = append(results, result) })
	if err != nil {
		return err
	}
	outputs, _, err := s.outputs(cmd.Context())
	if err != nil {
		return err
	}
	_, _ = fmt.Fprint(cmd.OutOrStdout(), summary(o.stack, results, outputs, s.endpoint, time.Since(started)))
	return nil
}

// deploy deploys the layers in order, and tells of each that is.
func (s *session) deploy(ctx context.Context, layers []stacks.Layer, done func(deploy.Result)) error {
	s.runner.Prefetch(ctx, others(layers))
	if err := s.runner.CheckUpstream(ctx, layers); err != nil {
		return unchanged(err)
	}
	s.runner.Warm(ctx, layers)
	for _, layer := range layers {
		result, err := s.runner.Up(ctx, layer)
		if err != nil {
			return err
		}
		done(result)
	}
	return nil
}

// lookAt are the outputs that people want after a deployment, by layer.
var lookAt = map[string]string{
	"ReportsBucketName": "reports", "ViolationsTopicArn": "violations", "OperationsTopicArn": "operations",
	"DashboardUrl": "dashboard",
}

// summary is the table at the end of a deployment.
func summary(
	stack string, results []deploy.Result, outputs deploy.Outputs, endpoint string, took time.Duration,
) string {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "\nDeployed to stack %s in %.0fs.\n\n%-15s %8s %8s %10s %8s\n",
		stack, took.Seconds(), "layer", "created", "changed", "unchanged", "seconds")
	for _, result := range results {
		created, same := result.Changes["create"], result.Changes["same"]
		_, _ = fmt.Fprintf(&text, "%-15s %8d %8d %10d %8.1f\n",
			result.Layer, created, result.Changed()-created, same, result.Took.Seconds())
	}
	_, _ = fmt.Fprint(&text, "\nWhere to look\n")
	for _, layer := range outputs.Stacks {
		for _, output := range layer.Outputs {
			if name, worth := lookAt[output.OutputKey]; worth && output.OutputValue != "" {
				_, _ = fmt.Fprintf(&text, "  %-11s %s\n", name, output.OutputValue)
			}
		}
	}
	if endpoint != "" {
		_, _ = fmt.Fprintf(&text, "  %-11s %s (a local AWS: AWS_ENDPOINT_URL=%s aws s3 ls)\n", "endpoint", endpoint, endpoint)
	}
	_, _ = fmt.Fprintf(&text, "  %-11s go tool task outputs%s\n", "everything", deploy.StackArgument(stack))
	return text.String()
}
