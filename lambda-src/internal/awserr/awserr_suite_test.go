package awserr_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestAWSErrors(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "AWSErrors")
}
