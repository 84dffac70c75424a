package names_test

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

var _ = Describe("Keys of a flood", func() {
	at := time.Date(2026, time.November, 23, 0, 30, 59, 999, time.FixedZone("CET", 3600))

	It("should be below the minute, in UTC", func() {
		Expect(names.FloodWindowKey(at)).To(Equal("state/floods/20261122T2330Z/window.json"))
		Expect(names.FloodSlotsKey(at, 7)).To(Equal("state/floods/20261122T2330Z/slots/00007.json"))
		Expect(names.FloodPrefix(at.Add(time.Second))).To(Equal("state/floods/20261122T2331Z/"))
	})

	It("should say all that a summary needs", func() {
		marker := names.FloodMarker{Severity: "high", Rule: "s3-encryption", Transition: "violation", ID: "1f"}
		Expect(marker.Key(at)).To(Equal("state/floods/20261122T2330Z/events/high/s3-encryption/violation/1f.json"))
		Expect(marker.Key(at)).To(HavePrefix(names.FloodEventsPrefix(at)))
		Expect(names.ParseFloodMarker(marker.Key(at))).To(Equal(marker))
	})

	It("should be read again whatever a rule is called", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			marker := names.FloodMarker{Severity: "high", Rule: rapid.String().Draw(t, "rule"), Transition: "violation", ID: "1f"}
			again, err := names.ParseFloodMarker(marker.Key(at))
			if err != nil || again != marker {
				t.Fatalf("%+v was read as %+v (%v)", marker, again, err)
			}
		})
	})

	DescribeTable("should be told from others", func(key string) {
		_, err := names.ParseFloodMarker(key)
		Expect(err).To(MatchError(ContainSubstring(key)))
	},
		Entry("a window's", names.FloodWindowKey(at)),
		Entry("slots'", names.FloodSlotsKey(at, 1)),
		Entry("one with too little", "state/floods/w/events/high/rule/id.json"),
		Entry("one of another kind", "state/floods/w/slots/high/rule/violation/id.json"),
		Entry("one that is escaped wrongly", "state/floods/w/events/high/%zz/violation/id.json"),
		Entry("one of another form", "state/floods/w/events/high/rule/violation/id"),
	)
})

// FuzzParseFloodMarker checks that what is read can be written again.
func FuzzParseFloodMarker(f *testing.F) {
	at := time.Date(2026, time.November, 23, 0, 30, 0, 0, time.UTC)
	for _, seed := range []string{
		names.FloodMarker{Severity: "high", Rule: "r", Transition: "violation", ID: "1"}.Key(at), "", "state/floods/", "//////.json",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		marker, err := names.ParseFloodMarker(key)
		if err != nil {
			return
		}
		again, err := names.ParseFloodMarker(marker.Key(at))
		if err != nil || again != marker {
			t.Fatalf("%q is %+v, and again %+v (%v)", key, marker, again, err)
		}
	})
}
