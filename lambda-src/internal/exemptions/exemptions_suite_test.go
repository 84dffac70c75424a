package exemptions_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestExemptions(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Exemptions")
}
