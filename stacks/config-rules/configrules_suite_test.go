package configrules

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestConfigRules(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Config rules layer")
}
