package deadletter_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestDeadletter(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Deadletter")
}
