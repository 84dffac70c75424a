package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

func newOutputs(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "outputs",
		Short: "Print every output of every layer as JSON, as CloudFormation's DescribeStacks has it",
		Long: "Prints every ARN and id that the layers made as JSON, in the form of CloudFormation's DescribeStacks, and\n" +
			"writes the same to outputs/<stack>.json.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := o.open(cmd, nil)
			if err != nil {
				return err
			}
			outputs, err := s.writeOutputs(cmd.Context())
			if err != nil {
				return err
			}
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(outputs)
		},
	}
}

// writeOutputs reads the outputs of all layers and keeps them in outputs/<stack>.json.
func (s *session) writeOutputs(ctx context.Context) (deploy.Outputs, error) {
	outputs, err := s.runner.Outputs(ctx, stacks.Layers())
	if err != nil {
		return outputs, err
	}
	text, err := json.MarshalIndent(outputs, "", "  ")
	if err != nil {
		return outputs, fmt.Errorf("writing outputs as JSON: %w", err)
	}
	file := filepath.Join(s.target.Root, "outputs", s.target.Stack+".json")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return outputs, fmt.Errorf("making the folder of outputs: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		return outputs, fmt.Errorf("writing outputs: %w", err)
	}
	return outputs, nil
}
