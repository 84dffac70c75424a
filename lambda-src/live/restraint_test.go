package live_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// violationAt is the violation of a later result.
func violationAt(rule, bucket string, ordering time.Time) []byte {
	return bytes.ReplaceAll(violation(rule, bucket), []byte("2026-11-23T10:00:00.138Z"), []byte(ordering.Format(time.RFC3339Nano)))
}

// tallies says that another change was counted in an hour.
func (a *account) tallies(at time.Time) {
	GinkgoHelper()
	a.put(names.BreakerKey("s3-encryption", at), fmt.Sprintf(
		`{"schemaVersion":1,"rule":"s3-encryption","hour":%q,"counted":["other"]}`, names.BreakerHour(at)))
}

// remembers gives the account a breaker that has counted another change in this hour, and a history with one fix.
func (a *account) remembers() {
	GinkgoHelper()
	a.tallies(moment)
	Expect(handle(a.remediator(), violationAt(rule, a.watched, ordering.Add(-time.Hour)))).To(Succeed())
	a.encrypt()
}

// historyKey is the key of the only history of fixes.
func (a *account) historyKey() string {
	GinkgoHelper()
	keys := a.keys(names.FixesPrefix)
	Expect(keys).To(HaveLen(1))
	return keys[0]
}

// outcomes are how often records have which outcome.
func (a *account) outcomes() map[string]int {
	GinkgoHelper()
	counts := map[string]int{}
	for _, key := range a.keys(names.RemediationsPrefix) {
		var record struct{ Outcome string }
		Expect(json.Unmarshal(a.get(key), &record)).To(Succeed())
		counts[record.Outcome]++
	}
	return counts
}

var _ = Describe("The remediator's program, held back", func() {
	encrypted := "aws:kms " + keyARN + " true"
	sweep := []byte(`{"source":"aws.events","detail-type":"Scheduled Event"}`)

	It("should change nothing more in an hour in which the rule's limit is reached", func() {
		a := newAccount()
		a.tallies(time.Now())
		a.tallies(time.Now().Add(time.Hour)) // it may begin before the function gets there
		a.results = []result{{rule, a.watched, "NON_COMPLIANT"}}
		function := start(names.Remediator, append(a.environment(), names.EnvRuleSettings+`={"s3-encryption":{"limit":1}}`)...)
		Expect(function.invoke(sweep)).To(Equal(answer{body: "null"}), function.said.String())
		Expect(a.encryption()).To(BeEmpty())
		Expect(a.outcomes()).To(Equal(map[string]int{"breaker": 1}))
		Expect(function.said.String()).To(ContainSubstring(`"BreakerTripped":1`))
		Expect(a.mailed()[0].Get("Subject")).To(Equal("[HIGH] remediation breaker: s3-encryption on " + a.watched))
	})

	It("should stop when somebody undoes its fix again and again", func() {
		a := newAccount()
		function := start(names.Remediator, a.environment()...)
		for try := range 2 {
			Expect(function.invoke(violationAt(rule, a.watched, ordering.Add(time.Duration(try)*time.Hour)))).
				To(Equal(answer{body: "null"}), function.said.String())
			Expect(a.encryption()).To(Equal(encrypted))
			a.encrypt()
		}
		Expect(function.invoke(violationAt(rule, a.watched, ordering.Add(2*time.Hour)))).To(Equal(answer{body: "null"}))
		Expect(a.encryption()).To(Equal("AES256  false"))
		Expect(a.outcomes()).To(Equal(map[string]int{"verified": 2, "fight": 1}))
		Expect(a.mailed()[2].Get("Message")).To(ContainSubstring("somebody undid the same fix twice"))
	})

	It("should undo what an operator wants undone, and leave it so", func() {
		a := newAccount()
		a.encrypt()
		function := start(names.Remediator, a.environment()...)
		Expect(function.invoke(violation(rule, a.watched))).To(Equal(answer{body: "null"}), function.said.String())
		Expect(a.encryption()).To(Equal(encrypted))
		request := undo.Request{Key: a.keys(names.RemediationsPrefix)[0], By: "ann", DryRun: true}
		Expect(function.invoke(request.Event()).body).To(ContainSubstring(`{"outcome":"would-undo"`))
		Expect(a.encryption()).To(Equal(encrypted))

		request.DryRun = false
		var answered undo.Answer
		Expect(json.Unmarshal([]byte(function.invoke(request.Event()).body), &answered)).To(Succeed())
		Expect(answered).To(And(HaveField("Outcome", undo.Undone), HaveField("ResourceID", a.watched),
			HaveField("Changes", ContainElement(undo.Change{Property: "SSEAlgorithm", Before: "aws:kms", After: "AES256"}))))
		Expect(a.encryption()).To(Equal("AES256  false"))
		Expect(a.outcomes()).To(Equal(map[string]int{"undone": 1}))
		Expect(a.mailed()[1].Get("Message")).To(ContainSubstring("Undone by: ann"))

		Expect(function.invoke(violationAt(rule, a.watched, ordering.Add(time.Hour)))).To(Equal(answer{body: "null"}))
		Expect(a.encryption()).To(Equal("AES256  false"))
		Expect(a.outcomes()).To(Equal(map[string]int{"undone": 1, "fight": 1}))
		Expect(function.invoke(request.Event()).body).To(ContainSubstring("it was undone by ann"))
	})

	It("should not undo what has changed since", func() {
		a := newAccount()
		function := start(names.Remediator, a.environment()...)
		Expect(function.invoke(violation(rule, a.watched))).To(Equal(answer{body: "null"}), function.said.String())
		a.encrypt()
		request := undo.Request{Key: a.keys(names.RemediationsPrefix)[0], By: "ann"}
		Expect(function.invoke(request.Event()).body).To(And(
			ContainSubstring(`"outcome":"refused"`), ContainSubstring("the resource has changed since the fix")))
		Expect(a.encryption()).To(Equal("AES256  false"))
	})
})

var _ = Describe("Many remediators at once", func() {
	It("should change no more buckets than the limit together", func() {
		const limit, invocations = 10, 16 // the default limit
		a := newAccount()
		var buckets []string
		for i := range invocations {
			bucket := fmt.Sprintf("%s-%d", a.watched, i)
			buckets = append(buckets, bucket)
			Expect(a.direct().CreateBucket(GinkgoT().Context(), &s3.CreateBucketInput{Bucket: aws.String(bucket)})).Error().NotTo(HaveOccurred())
		}
		all := func() {
			var running sync.WaitGroup
			for i, bucket := range buckets {
				running.Go(func() {
					defer GinkgoRecover()
					_ = handleAs(fmt.Sprintf("request-%d", i), a.remediator(), violation(rule, bucket)) // some may give up
				})
			}
			running.Wait()
		}
		all()
		Expect(a.outcomes()["verified"]).To(BeNumerically("<=", limit))
		for a.outcomes()["applying"] > 0 || a.outcomes()["verified"] < limit { // as Lambda tries again those that failed
			all()
		}
		Expect(a.outcomes()).To(Equal(map[string]int{"verified": limit, "breaker": invocations - limit}))
		writes := 0
		for _, call := range a.made() {
			if strings.HasPrefix(call, "PUT /"+a.watched) && strings.HasSuffix(call, "?encryption") {
				writes++
			}
		}
		Expect(writes).To(Equal(limit))
	})
})

var _ = Describe("An operator's undo, when AWS is not well", func() {
	DescribeTable("should leave the bucket as the fix left it, and undo it when AWS is well again",
		func(call func(a *account) string, how ...breakage) {
			a := newAccount()
			a.encrypt()
			Expect(handle(a.remediator(), violation(rule, a.watched))).To(Succeed())
			key := a.keys(names.RemediationsPrefix)[0]
			for _, one := range how {
				a.breaks(call(a), one, 20)
				Expect(handle(a.remediator(), undo.Request{Key: key, By: "ann"}.Event())).NotTo(Succeed(), "breakage %d", one)
				Expect(a.encryption()).To(Equal("aws:kms "+keyARN+" true"), "breakage %d", one)
			}
			a.works()
			Expect(handle(a.remediator(), undo.Request{Key: key, By: "ann"}.Event())).To(Succeed())
			Expect(a.encryption()).To(Equal("AES256  false"))
			Expect(a.outcomes()).To(Equal(map[string]int{"undone": 1}))
		},
		Entry("when reading the record fails", func(a *account) string { return "GET /" + a.reports + "/remediations/" },
			refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when reading the history of fixes fails", func(a *account) string { return "GET /" + a.reports + "/" + names.FixesPrefix },
			refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when reading the encryption fails", func(a *account) string { return "GET /" + a.watched + "?encryption" },
			refuse, fail, hangUp, hangAfter, cutOff, shorten),
		Entry("when claiming the record fails", func(a *account) string { return "PUT /" + a.reports + "/remediations/" },
			refuse, fail, hangUp, hangAfter),
		Entry("when telling the history fails", func(a *account) string { return "PUT /" + a.reports + "/" + names.FixesPrefix },
			refuse, fail, hangUp, hangAfter),
		Entry("when the write itself fails", func(a *account) string { return "PUT /" + a.watched + "?encryption" },
			refuse, fail, hangUp),
	)
})
