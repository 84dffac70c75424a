package awsenv_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestAwsenv(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Awsenv")
}
