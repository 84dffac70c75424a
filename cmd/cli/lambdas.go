package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/tools/lambdazip"
)

func newBuildLambdas(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "build-lambdas",
		Short: "Build the packages of the three functions for the stack's architecture",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			goarch, err := deploy.LambdaGOARCH(o.target())
			if err != nil {
				return err
			}
			packages, err := deploy.Packages(o.target())
			if err != nil {
				return err
			}
			for _, function := range names.Functions() {
				path, changed, err := lambdazip.Build(cmd.Context(), lambdazip.Options{
					Root: o.root, Function: function, GOARCH: goarch, Out: cmd.ErrOrStderr(),
					OutDir: deploy.PackageFolder(packages, goarch),
				})
				if err != nil {
					return err
				}
				shown, err := filepath.Rel(o.root, path)
				if err != nil {
					shown = path
				}
				state := "unchanged"
				if changed {
					state = "built"
				}
				_, _ = fmt.Fprintf(cmd.OutOrStdout(), "%-9s %s\n", state, shown)
			}
			return nil
		},
	}
}
