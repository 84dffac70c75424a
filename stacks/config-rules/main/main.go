// Command main is the config-rules layer as 'pulumi up' runs it.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	configrules "github.com/compliance-monitor/compliance-monitor/stacks/config-rules"
)

func main() {
	pulumi.Run(configrules.Program)
}
