package toolchain

import (
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestToolchain(t *testing.T) {
	if os.Getenv(childEnv) != "" {
		installUntilKilled()
		return
	}
	RegisterFailHandler(Fail)
	RunSpecs(t, "Toolchain Suite")
}
