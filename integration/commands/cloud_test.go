package commands_test

import (
	"net"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// freeAddress is an address of this machine that nobody listens on.
func freeAddress() string {
	GinkgoHelper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	defer listener.Close()
	return listener.Addr().String()
}

// onCloud is the command for stack prod on the suite's cloud, with a deployment and a state of its own.
func onCloud(in checkout, environment string) command {
	GinkgoHelper()
	backend := GinkgoT().TempDir()
	in.settings("prod", "foundation", "environment: "+environment, "local: true", "keyDeletionDays: 7",
		"violationsEmails: [security@example.com]")
	in.settings("prod", "config-rules", "packs: [essentials]")
	return command{checkout: in, env: map[string]string{
		"STACK": "prod", "AWS_ENDPOINT_URL": cloud.Endpoint(), "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
		"PULUMI_BACKEND_URL": "file://" + backend, "PULUMI_CONFIG_PASSPHRASE": "open", "backend": backend,
	}}
}

// prefix is what the names of a deployment's resources start with.
func prefix(environment string) string {
	return names.Prefix(names.DefaultProject, environment)
}

// inventory is what the cloud has of a deployment.
func inventory(ctx SpecContext, environment string) []string {
	GinkgoHelper()
	all, err := aws.Inventory(ctx, prefix(environment))
	Expect(err).NotTo(HaveOccurred())
	return all
}

// lines are the lines of a text that hold a word.
func lines(text, word string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}
