package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/compliance-monitor/compliance-monitor/tools/toolchain"
)

func newToolchain(o *options) *cobra.Command {
	var pythonOnly bool
	command := &cobra.Command{
		Use:   "toolchain",
		Short: "Install the Pulumi CLI, its AWS provider and moto, once a user",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			installed, err := toolchain.Ensure(cmd.Context(), toolchain.Options{Root: o.root, Out: cmd.ErrOrStderr()})
			if err != nil {
				return err
			}
			if pythonOnly {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), installed.MotoPython)
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "pulumi       %s\nplugins      %s (%s)\nmoto         %s\n",
				installed.Pulumi, installed.PulumiHome, installed.ProviderSource, installed.MotoPython)
			return err
		},
	}
	command.Flags().BoolVar(&pythonOnly, "python", false, "print only the Python interpreter that has moto")
	return command
}
