// Command main is the observability layer as 'pulumi up' runs it.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/observability"
)

func main() {
	pulumi.Run(observability.Program)
}
