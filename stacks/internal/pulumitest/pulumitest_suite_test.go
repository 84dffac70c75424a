package pulumitest_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestPulumitest(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Pulumitest")
}
