package distinct_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestDistinct(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Distinct")
}
