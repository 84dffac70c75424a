package eventsvc

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestEventSvc(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "EventBridge")
}
