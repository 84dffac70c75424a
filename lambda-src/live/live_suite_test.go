// Package live_test runs the functions as Lambda does: the built programs, started by a Runtime API, against moto over
// HTTP. AWS Config, of which moto has no results, is answered for by the gateway in between, which also breaks calls on
// order.
package live_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

func TestLive(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The functions, live")
}

var (
	motoURL    string // of the moto that all specs share; each has a gateway, and buckets, of its own
	bootstraps string // directory with the built functions
)

var _ = BeforeSuite(func() {
	var err error
	bootstraps, err = os.MkdirTemp("", "bootstraps-")
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(os.RemoveAll, bootstraps)
	for _, function := range names.Functions() {
		build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", filepath.Join(bootstraps, function), "../"+function)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		output, err := build.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), "building %s: %s", function, output)
	}
	motoURL = startMoto()
})
