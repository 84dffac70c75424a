// Command main is the functions layer as 'pulumi up' runs it.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/functions"
)

func main() {
	pulumi.Run(functions.Program)
}
