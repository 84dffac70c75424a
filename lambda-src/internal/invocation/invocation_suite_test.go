package invocation_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestInvocation(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Invocation")
}
