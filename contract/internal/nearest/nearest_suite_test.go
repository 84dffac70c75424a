package nearest_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestNearest(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Nearest names")
}
