package reportpage_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestReportPage(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Report page")
}
