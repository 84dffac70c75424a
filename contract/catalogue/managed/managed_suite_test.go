package managed_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestManaged(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Managed rules")
}
