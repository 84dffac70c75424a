package names_test

import (
	"path"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

var _ = Describe("Object keys", func() {
	// Half an hour into the 23rd in Berlin is still the 22nd in UTC.
	at := time.Date(2026, time.November, 23, 0, 30, 9, 999, time.FixedZone("CET", 3600))

	It("should file events, reports and remediations under the UTC day", func() {
		Expect(names.EventKey(at, "id")).To(Equal("events/2026/11/22/id.json"))
		Expect(names.ReportKey(at, names.ReportSummary)).To(Equal("reports/2026/11/22/233009Z/summary.json"))
		Expect(names.RemediationKey(at, "id")).To(Equal("remediations/2026/11/22/id.json"))
	})

	It("should have the latest report among the reports and the exemptions in the configuration", func() {
		Expect(names.LatestReportKey).To(Equal("reports/latest.json"))
		Expect(names.ExemptionsKey).To(Equal("config/exemptions.json"))
		Expect(names.AggregatorState).To(Equal("state/aggregator/"))
	})

	kinds := map[string]func(time.Time) string{
		names.EventsPrefix:       func(t time.Time) string { return names.EventKey(t, "id") },
		names.ReportsPrefix:      func(t time.Time) string { return names.ReportKey(t, names.ReportPage) },
		names.RemediationsPrefix: func(t time.Time) string { return names.RemediationKey(t, "id") },
	}
	// Four-digit years, so from 1000 to 9999.
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		zone := time.FixedZone("zone", rapid.IntRange(-12*3600, 14*3600).Draw(t, "offset"))
		return time.Unix(rapid.Int64Range(-30_000_000_000, 250_000_000_000).Draw(t, "second"), 0).In(zone)
	})

	It("should depend on the moment only, not on its time zone", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			at := moment.Draw(t, "at")
			for prefix, key := range kinds {
				NewWithT(t).Expect(key(at)).To(Equal(key(at.UTC())), prefix)
			}
		})
	})

	It("should be below their prefix and say the day when they are read back", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			at := moment.Draw(t, "at")
			g := NewWithT(t)
			for prefix, key := range kinds {
				g.Expect(key(at)).To(HavePrefix(prefix))
				day, err := time.Parse("2006/01/02", key(at)[len(prefix):len(prefix)+len("2006/01/02")])
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(day).To(Equal(at.UTC().Truncate(24 * time.Hour)))
			}
		})
	})

	It("should list reports in the order in which they were made", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			earlier, later := moment.Draw(t, "earlier"), moment.Draw(t, "later")
			if later.Before(earlier) {
				earlier, later = later, earlier
			}
			NewWithT(t).Expect(names.ReportKey(earlier, names.ReportSummary) <= names.ReportKey(later, names.ReportSummary)).
				To(BeTrue())
		})
	})

	It("should be clean paths, so that no two spellings name one object", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			at := moment.Draw(t, "at")
			for _, key := range kinds {
				NewWithT(t).Expect(key(at)).To(Equal(path.Clean(key(at))))
			}
		})
	})
})
