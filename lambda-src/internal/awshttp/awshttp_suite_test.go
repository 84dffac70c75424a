package awshttp_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestAWSHTTP(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "AWS over HTTP")
}
