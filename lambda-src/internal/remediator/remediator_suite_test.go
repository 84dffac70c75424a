package remediator_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestRemediator(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Remediator")
}
