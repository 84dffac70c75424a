package lambdasvc

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// settings are those of a function with these retries and this age; a negative number stands for none.
func settings(retries, age int) eventInvokeConfig {
	var config eventInvokeConfig
	if retries >= 0 {
		config.MaximumRetryAttempts = &retries
	}
	if age >= 0 {
		config.MaximumEventAgeInSeconds = &age
	}
	return config
}

var _ = Describe("What becomes of an event", func() {
	DescribeTable("should be decided as Lambda documents it",
		func(last result, at progress, given eventInvokeConfig, expected step) {
			Expect(decide(last, at, given)).To(Equal(expected))
		},
		Entry("when it is handled", handled, progress{age: 7 * time.Hour}, settings(-1, -1), step{ended: conditionSuccess}),
		Entry("when it may never run", zeroConcurrency, progress{}, settings(-1, -1), step{ended: conditionZero}),
		Entry("when it fails first", failedResult, progress{failures: 1}, settings(-1, -1), step{again: true, after: time.Minute}),
		Entry("when it fails again", failedResult, progress{failures: 2}, settings(-1, -1), step{again: true, after: 2 * time.Minute}),
		Entry("when it fails a third time", failedResult, progress{failures: 3}, settings(-1, -1), step{ended: conditionRetries}),
		Entry("when one retry is allowed", failedResult, progress{failures: 2}, settings(1, -1), step{ended: conditionRetries}),
		Entry("when none is allowed", failedResult, progress{failures: 1}, settings(0, -1), step{ended: conditionRetries}),
		Entry("when its end comes before the retry", failedResult, progress{failures: 1, age: 50 * time.Second}, settings(2, 60), step{again: true, after: 10 * time.Second}),
		Entry("when its end has come", failedResult, progress{failures: 1, age: time.Minute}, settings(2, 60), step{ended: conditionAge}),
		Entry("when it is refused first", refusedResult, progress{refusals: 1}, settings(-1, -1), step{again: true, after: time.Second}),
		Entry("when it is refused a fifth time", refusedResult, progress{refusals: 5}, settings(-1, -1), step{again: true, after: 16 * time.Second}),
		Entry("when it is refused for long", refusedResult, progress{refusals: 500}, settings(0, -1), step{again: true, after: 5 * time.Minute}),
		Entry("when it is refused to its end", refusedResult, progress{refusals: 80, age: 6 * time.Hour}, settings(-1, -1), step{ended: conditionAge}),
	)

	It("should come to an end whatever happens, within its age and its retries", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			given := settings(rapid.IntRange(-1, 2).Draw(t, "retries"), rapid.IntRange(60, 21600).Draw(t, "age"))
			at := progress{}
			for tries := 0; ; tries++ {
				if expired(at, given) {
					return
				}
				last := rapid.SampledFrom([]result{failedResult, refusedResult}).Draw(t, "result")
				if last == failedResult {
					at.failures, at.refusals = at.failures+1, 0
				} else {
					at.refusals++
				}
				next := decide(last, at, given)
				if !next.again {
					if next.ended == conditionRetries && at.failures != given.retries()+1 {
						t.Fatalf("ended after %d failures of %d", at.failures, given.retries()+1)
					}
					return
				}
				if next.after <= 0 || next.after > longestBackoff || at.age+next.after > given.age() {
					t.Fatalf("waits %s at the age of %s of %s", next.after, at.age, given.age())
				}
				at.age += next.after
				if tries > 21600 {
					t.Fatal("it goes on for ever")
				}
			}
		})
	})
})

var _ = Describe("An alias with weights", func() {
	weighted := alias{FunctionVersion: "1", RoutingConfig: &struct{ AdditionalVersionWeights map[string]float64 }{map[string]float64{"2": 0.25}}}

	DescribeTable("should stand for a version as often as they say",
		func(a alias, chance float64, expected string) { Expect(a.pick(chance)).To(Equal(expected)) },
		Entry("below the weight", weighted, 0.24, "2"),
		Entry("above the weight", weighted, 0.25, "1"),
		Entry("without weights", alias{FunctionVersion: "7"}, 0.0, "7"),
	)
})

var _ = Describe("A text that must not be long", func() {
	DescribeTable("should be cut at a whole character",
		func(text string, limit int, expected string) { Expect(shorten(text, limit)).To(Equal(expected)) },
		Entry("when it is short", "abc", 3, "abc"),
		Entry("when it is long", "abcd", 3, "abc"),
		Entry("in a character", "aüb", 2, "a"),
		Entry("when it is empty", "", 3, "Unknown error"),
	)
})

func FuzzShorten(f *testing.F) {
	f.Add("aüb", 2)
	f.Add("\xff\xff", 1)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 0 || text == "" {
			return
		}
		if cut := shorten(text, limit); len(cut) > limit || len(cut) > len(text) || text[:len(cut)] != cut {
			t.Fatalf("%q cut at %d is %q", text, limit, cut)
		}
	})
}
