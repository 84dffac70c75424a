package alarms

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestAlarms(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Alarms")
}
