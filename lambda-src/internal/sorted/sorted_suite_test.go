package sorted_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestSorted(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Sorted")
}
