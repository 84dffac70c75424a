// Command compliance deploys and operates the compliance monitor.
package main

import (
	"os"

	"github.com/compliance-monitor/compliance-monitor/cmd/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
