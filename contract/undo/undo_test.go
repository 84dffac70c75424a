package undo_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/undo"
)

var _ = Describe("A request to undo", func() {
	It("should be an event of the operator's", func() {
		request := undo.Request{Key: "remediations/2026/11/23/a.json", By: "ann", DryRun: true}
		Expect(request.Event()).To(MatchJSON(`{"source": "compliance.operator", "detail-type": "Undo",
			"detail": {"key": "remediations/2026/11/23/a.json", "by": "ann", "dryRun": true}}`))
	})
})
