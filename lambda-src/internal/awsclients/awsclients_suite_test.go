package awsclients_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestAWSClients(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "AWSClients")
}
