package main

import (
	_ "github.com/hashicorp/terraform-provider-aws/xpprovider"
	_ "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	_ "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	_ "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	_ "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	_ "github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
)

func main() {}
