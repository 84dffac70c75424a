package names_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

var _ = Describe("What the remediator remembers", func() {
	// Half an hour into the 23rd in Berlin is still the 22nd in UTC.
	at := time.Date(2026, time.November, 23, 0, 30, 9, 999, time.FixedZone("CET", 3600))

	It("should be counted by the UTC hour, and kept by rule", func() {
		Expect(names.BreakerHour(at)).To(Equal("2026-11-22T23"))
		Expect(names.BreakerKey("s3-encryption", at)).To(Equal("state/breaker/s3-encryption/2026-11-22T23.json"))
		Expect(names.FixHistoryKey("s3-encryption", "hash")).To(Equal("state/fixes/s3-encryption/hash.json"))
	})
})
