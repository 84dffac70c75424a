package covergate_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestCovergate(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Coverage gate")
}
