package policydoc_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestPolicydoc(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Policy documents")
}
