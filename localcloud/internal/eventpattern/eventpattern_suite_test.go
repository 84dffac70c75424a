package eventpattern

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestEventPattern(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Event patterns")
}
