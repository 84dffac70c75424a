package emf_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestEMF(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "EMF")
}
