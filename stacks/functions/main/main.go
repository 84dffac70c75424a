// Command main is the functions layer as 'pulumi up' runs it.
package main

import (
	"log"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/functions"
)

// main goes up to the layer's folder first, where relative paths in the settings start: Pulumi starts it in its own.
func main() {
	if err := os.Chdir(".."); err != nil {
		log.Fatalln("going to the layer's folder:", err)
	}
	pulumi.Run(functions.Program)
}
