package sdkcheck_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestSDKCheck(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "SDK Check Suite")
}
