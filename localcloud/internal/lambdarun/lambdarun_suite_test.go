package lambdarun

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestLambdaRun(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Lambda's runner")
}
