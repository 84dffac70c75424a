// Command pulumi-resource-aws is the AWS provider plugin of Pulumi, built from Go modules for machines that can't
// download the official one. It serves the Terraform AWS provider through Pulumi's Terraform bridge under the names
// of pulumi-aws, for the resource types that this project's stacks use and no others.
package main

import (
	"context"
	"fmt"
	"os"

	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
)

func main() {
	ctx := context.Background()
	info, err := newProviderInfo(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	pfbridge.MainWithMuxer(ctx, packageName, info, packageSchema())
}
