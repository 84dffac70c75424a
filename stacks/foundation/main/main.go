// Command main is the foundation layer as 'pulumi up' runs it.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/foundation"
)

func main() {
	pulumi.Run(foundation.Program)
}
