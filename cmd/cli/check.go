package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCheck(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "check [layer]...",
		Short: "Check the settings, and nothing else",
		RunE: func(cmd *cobra.Command, args []string) error {
			layers, err := chosen(args)
			if err != nil {
				return err
			}
			if err := o.target().CheckSettings(layers); err != nil {
				return err
			}
			_, _ = fmt.Fprintf(cmd.OutOrStdout(), "the settings of stack %s are right\n", o.stack)
			return nil
		},
	}
}
