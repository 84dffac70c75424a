// Command pulumi-resource-aws is the AWS provider plugin of Pulumi, built from Go modules for machines that can't
// download the official one. It serves the Terraform AWS provider through Pulumi's Terraform bridge under the names
// of pulumi-aws, for the resource types that this project's stacks use and no others.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/pkg/v3/resource/provider"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prints the port that it serves on, as the engine expects, and serves until the engine goes.
func run(ctx context.Context) error {
	info, err := newProviderInfo(ctx)
	if err != nil {
		return err
	}
	return provider.Main(packageName, newServer(ctx, info))
}
