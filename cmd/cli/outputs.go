package cli

import (
	"bytes"
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
			s, err := o.open(cmd, nil, askNothing)
			if err != nil {
				return err
			}
			_, text, err := s.outputs(cmd.Context())
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}

// outputs reads the outputs of all layers and keeps them in outputs/<stack>.json; the text is what that file holds.
func (s *session) outputs(ctx context.Context) (deploy.Outputs, []byte, error) {
	outputs, err := s.runner.Outputs(ctx, stacks.Layers())
	if err != nil {
		return outputs, nil, err
	}
	text, err := encode(outputs)
	if err != nil {
		return outputs, nil, err
	}
	file := filepath.Join(s.target.Root, "outputs", s.target.Stack+".json")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return outputs, nil, fmt.Errorf("making the folder of outputs: %w", err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return outputs, nil, fmt.Errorf("writing outputs: %w", err)
	}
	return outputs, text, nil
}

// encode leaves the & of URLs as it is, since they are there to be clicked on.
func encode(outputs deploy.Outputs) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(outputs); err != nil {
		return nil, fmt.Errorf("writing outputs as JSON: %w", err)
	}
	return text.Bytes(), nil
}
