package aggregator_test

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

// at breaks the nth call.
func at(n int, kind fault) func(string, int) fault {
	return func(_ string, call int) fault {
		if call == n {
			return kind
		}
		return none
	}
}

// always breaks all calls of one kind.
func always(prefix string, kind fault) func(string, int) fault {
	return func(call string, _ int) fault {
		if strings.HasPrefix(call, prefix) {
			return kind
		}
		return none
	}
}

// edit changes the document at a key.
func (w *world) edit(key string, change func(map[string]any)) {
	var document map[string]any
	Expect(json.Unmarshal(w.objects[key].content, &document)).To(Succeed())
	change(document)
	content, err := json.Marshal(document)
	Expect(err).NotTo(HaveOccurred())
	w.objects[key] = object{content: content, modified: w.clock}
}

var _ = Describe("The aggregator, when AWS is not well", func() {
	DescribeTable("should end with a report that says all that it lacks, whichever call fails",
		func(kind fault) {
			expected, calls := undisturbed()
			for n := 1; n <= calls; n++ {
				w := second()
				w.fault = at(n, kind)
				w.ends("second")
				what := w.calls[n-1]
				s := w.summary()
				lacks := len(s.Missing) + len(s.Unavailable)
				switch {
				case kind == truncate && !strings.HasPrefix(what, "GET"):
					Expect(lacks).To(BeZero())
				case strings.HasPrefix(what, "PAGE"):
					Expect(s.Missing).To(HaveLen(1), what)
				case strings.HasPrefix(what, "GET config"), strings.HasPrefix(what, "GET remed"), strings.HasPrefix(what, "LIST remed"):
					Expect(s.Unavailable).To(HaveLen(1), what)
				default:
					Expect(lacks).To(BeZero(), what)
					if s.Started.Equal(expected.summary().Started) {
						Expect(w.files()).To(Equal(expected.files()), what)
					}
				}
				Expect(w.mails).NotTo(BeEmpty(), what)
				Expect(len(w.mails)).To(BeNumerically("<=", 2), what)
				Expect(w.leftovers()).To(Equal([]string{ledgerKey}), what)
			}
		},
		Entry("before it is made", failBefore),
		Entry("although it was made", failAfter),
		Entry("since its answer breaks off", truncate),
	)

	It("should go on from the last part when one of many can't be written", func() {
		expected := newWorld()
		expected.many = 12_000
		Expect(expected.run("first")).To(Succeed())
		Expect(expected.count("PUT state/aggregator/parts/")).To(Equal(3))
		for part := 1; part <= 3; part++ {
			w := newWorld()
			w.many = 12_000
			w.fault = func(call string, _ int) fault {
				if strings.HasPrefix(call, "PUT state/aggregator/parts/") && w.count("PUT state/aggregator/parts/") == part {
					return crashBefore
				}
				return none
			}
			Expect(w.ends("first")).To(HaveLen(1))
			Expect(w.files()).To(Equal(expected.files()))
			Expect(w.count("PAGE")).To(BeNumerically("<=", expected.count("PAGE")+50))
		}
	})

	It("should go on with what it has not read beside the results when the time runs out", func() {
		for _, call := range []string{"GET config", "LIST remediations", "GET remediations"} {
			w := second()
			w.fault = always(call, deadline)
			Expect(w.run("second")).To(MatchError(aggregator.ErrUnfinished), call)
			w.fault = at(0, none)
			Expect(w.run("second")).To(Succeed())
			Expect(w.summary().Unavailable).To(BeEmpty())
			Expect(w.summary().Started).To(Equal(now.Add(6 * time.Hour)))
		}
	})

	It("should refuse a result that is longer than AWS Config has any", func() {
		w := usual()
		w.set("s3-tls", "AWS::S3::Bucket/"+strings.Repeat("x", 1<<20)+"=COMPLIANT")
		Expect(w.run("first")).To(MatchError(ContainSubstring("longer than a mebibyte")))
	})

	It("should wait when it is throttled for longer than a call tries, and not report a rule as missing", func() {
		expected, _ := undisturbed()
		w := second()
		w.failing["PAGE monitor-test-s3-tls 1"] = coded("ThrottlingException")
		Expect(w.run("second")).To(MatchError(And(ContainSubstring("ThrottlingException"), ContainSubstring("goes on from its checkpoint"))))
		delete(w.failing, "PAGE monitor-test-s3-tls 1")
		w.clock = w.clock.Add(time.Minute)
		Expect(w.run("second")).To(Succeed())
		Expect(w.files()).To(Equal(expected.files()))
	})

	It("should read a rule again when AWS Config has forgotten the page it was at", func() {
		expected, _ := undisturbed()
		w := second()
		w.fault = always("PAGE monitor-test-s3-tls 2", deadline)
		Expect(w.run("second")).To(MatchError(aggregator.ErrUnfinished))
		w.fault = at(0, none)
		read := w.count("PAGE monitor-test-s3-tls 0")
		w.failing["PAGE monitor-test-s3-tls 2"] = coded("InvalidNextTokenException")
		handler := w.handler()
		config := handler.Config
		handler.Config = &forgetful{Config: config, w: w}
		Expect(handler.Handle(lambda(context.Background(), "second"), nil)).To(Succeed())
		Expect(w.count("PAGE monitor-test-s3-tls 0")).To(Equal(read + 1))
		Expect(w.files()).To(Equal(expected.files()))
	})

	It("should take a token that it got itself, and that is refused, for a fault", func() {
		w := usual()
		w.failing["PAGE monitor-test-s3-tls 1"] = coded("InvalidNextTokenException")
		Expect(w.run("first")).To(Succeed())
		Expect(w.summary().Missing).To(HaveExactElements(HaveField("Rule", "s3-tls")))
	})

	It("should leave a report alone that another run is making, and take it over when that can't be alive", func() {
		w := second()
		w.fault = always("PAGE monitor-test-s3-tls", crashBefore)
		Expect(w.run("second")).NotTo(Succeed())
		w.fault = at(0, none)
		calls := len(w.calls)
		Expect(w.run("another")).To(Succeed())
		Expect(w.calls[calls:]).To(Equal([]string{"GET " + checkpointKey}))
		w.clock = w.clock.Add(16 * time.Minute)
		Expect(w.run("another")).To(Succeed())
		Expect(w.summary().Started).To(Equal(now.Add(6 * time.Hour)))
		Expect(w.leftovers()).To(Equal([]string{ledgerKey}))
	})

	DescribeTable("should leave a report alone that another run has taken up in the same moment",
		func(found bool) {
			w := second()
			if found {
				w.fault = always("PAGE", deadline)
				Expect(w.run("second")).NotTo(Succeed())
			}
			var calls int
			w.fault = func(call string, n int) fault {
				if call == "PUT "+checkpointKey && calls == 0 { // the other one is faster
					calls = n
					claim := map[string]any{"requestId": "other", "until": w.clock.Add(time.Minute)}
					if !found {
						w.objects[checkpointKey] = object{content: []byte(`{"schemaVersion":1}`)}
					}
					w.edit(checkpointKey, func(d map[string]any) { d["claim"] = claim })
				}
				return none
			}
			Expect(w.run("third")).To(Succeed())
			Expect(w.count("PAGE")).To(Equal(map[bool]int{false: 0, true: 1}[found]))
		},
		Entry("at its beginning", false),
		Entry("when it was found", true),
	)

	It("should not write over what another run has made of the report", func() {
		w := second()
		w.fault = func(call string, _ int) fault {
			if strings.HasPrefix(call, "PAGE monitor-test-s3-tls 0") {
				w.edit(checkpointKey, func(d map[string]any) { d["claim"] = map[string]any{"requestId": "other", "until": w.clock} })
			}
			return none
		}
		Expect(w.run("second")).To(MatchError(ContainSubstring("somebody else has changed the object")))
		Expect(w.mails).To(BeEmpty())
	})

	It("should begin again when other rules are deployed, and not mix two sets of rules", func() {
		w := second()
		w.fault = always("PAGE monitor-test-s3-tls 2", deadline)
		Expect(w.run("second")).To(MatchError(aggregator.ErrUnfinished))
		w.fault = at(0, none)
		delete(w.rules, "monitor-test-s3-encryption")
		w.clock = w.clock.Add(time.Minute)
		Expect(w.run("second")).To(Succeed())
		Expect(w.summary().Started).To(Equal(w.clock))
		Expect(w.lines(w.latest().Files.Results)).To(HaveEach(HaveField("Rule", Not(Equal("s3-encryption")))))
		Expect(w.leftovers()).To(Equal([]string{ledgerKey}))
	})

	Context("when a report is not finished before the next schedule", func() {
		It("should publish what there is of it, with what is missing and why, and then make a new one", func() {
			w := second()
			w.fault = always("PAGE monitor-test-s3-tls 2", deadline)
			for range 3 {
				Expect(w.run("second")).To(MatchError(aggregator.ErrUnfinished))
			}
			w.fault = at(0, none)
			w.clock = now.Add(12 * time.Hour)
			Expect(w.run("third")).To(Succeed())
			var partial report.Summary
			Expect(json.Unmarshal(w.objects["reports/2026/11/23/180000Z/summary.json"].content, &partial)).To(Succeed())
			Expect(partial.Complete).To(BeFalse())
			Expect(partial.Missing).To(Equal([]report.Missing{{
				Rule: "s3-tls", Pages: 2, Why: "the runs before the next schedule did not suffice; the last one stopped because of: the time ran out",
			}}))
			Expect(partial.Rules[2].Complete).To(BeTrue())
			Expect(w.summary().Complete).To(BeTrue())
			Expect(w.summary().Started).To(Equal(w.clock))
			Expect(w.mails).To(HaveLen(2))
			Expect(w.mails[0].Subject).To(ContainSubstring("incomplete"))
			Expect(w.mails[1].Subject).To(ContainSubstring("complete again"))
			Expect(w.leftovers()).To(Equal([]string{ledgerKey}))
		})

		It("should publish that all is missing when the rules could never be listed", func() {
			w := second()
			w.failing["DescribeConfigRules"] = coded("ThrottlingException")
			Expect(w.run("second")).NotTo(Succeed())
			Expect(w.summary().Started).To(Equal(now), "nothing is published")
			w.clock = now.Add(12 * time.Hour)
			Expect(w.run("third")).NotTo(Succeed())
			Expect(w.summary().Missing).To(HaveExactElements(And(HaveField("Rule", "*"), HaveField("Why", ContainSubstring("ThrottlingException")))))
			delete(w.failing, "DescribeConfigRules")
			w.clock = now.Add(13 * time.Hour)
			Expect(w.run("third")).To(Succeed())
			Expect(w.summary().Changes.New.First).To(HaveExactElements(HaveField("ResourceID", "c")), "since the last report that had the rule")
		})

		It("should say so when the run before crashed, and left no reason", func() {
			w := second()
			w.fault = always("PAGE", crashBefore)
			Expect(w.run("second")).NotTo(Succeed())
			w.fault = at(0, none)
			w.clock = now.Add(12 * time.Hour)
			Expect(w.run("third")).To(Succeed())
			Expect(w.mails[0].Body).To(ContainSubstring("*, after 0 pages: the runs before the next schedule did not suffice\n"))
		})

		It("should make a new one when a part of the old one is gone, and when it can't be published", func() {
			w := second()
			w.fault = always("PUT reports/2026/11/23/180000Z/summary.json", failBefore)
			Expect(w.run("second")).To(MatchError(errAWS))
			for _, key := range w.keys("state/aggregator/parts/") {
				delete(w.objects, key)
			}
			Expect(w.run("second")).To(MatchError(ContainSubstring("no such object")))
			w.clock = now.Add(12 * time.Hour)
			Expect(w.run("third")).To(Succeed())
			Expect(w.summary().Started).To(Equal(w.clock))
			Expect(w.summary().Changes.New.Count).To(Equal(1))
		})
	})

	It("should not take a part with other content for the one it wrote", func() {
		w := second()
		w.fault = always("PUT reports/2026/11/23/180000Z/summary.json", failBefore)
		Expect(w.run("second")).To(MatchError(errAWS))
		w.fault = at(0, none)
		for _, key := range w.keys("state/aggregator/parts/") {
			w.objects[key] = object{content: []byte("else")}
		}
		Expect(w.run("second")).To(MatchError(ContainSubstring("the content is not what was written")))
	})

	It("should lose nothing of what changed while the topic takes no message, and go on reporting", func() {
		w := second()
		w.fault = always("Publish", failBefore)
		for range 3 {
			Expect(w.run("second")).To(MatchError(ContainSubstring("telling of the report")))
		}
		Expect(w.summary().Started).To(Equal(now.Add(6 * time.Hour)))
		w.clock = now.Add(12 * time.Hour)
		w.set("s3-tls", "AWS::S3::Bucket/z=NON_COMPLIANT")
		Expect(w.run("third")).NotTo(Succeed())
		Expect(w.summary().Started).To(Equal(w.clock), "a new report is there all the same")
		Expect(w.summary().History).To(HaveLen(3))
		w.fault = at(0, none)
		w.clock = w.clock.Add(time.Minute)
		Expect(w.run("third")).To(Succeed())
		Expect(w.mails).To(HaveLen(1))
		Expect(w.mails[0].Subject).To(ContainSubstring("2 new, 2 resolved, 1 expiring"))
		Expect(w.summary().Rules[2].TimeToResolve.Count).To(Equal(1))
	})

	It("should leave a report that could not be published to whoever comes next", func() {
		w := second()
		w.fault = always("Publish", failBefore)
		Expect(w.run("second")).NotTo(Succeed())
		w.fault = at(0, none)
		w.clock = w.clock.Add(time.Second)
		Expect(w.run("an operator's")).To(Succeed())
		Expect(w.mails).To(HaveLen(1))
		Expect(w.metrics).To(ContainElement(HavePrefix("ComplianceScore ")))
	})

	Context("when the ledger can't be read", func() {
		It("should read all the same, fail, and publish without a comparison when the next report is due", func() {
			w := second()
			w.fault = always("GET "+ledgerKey, truncate)
			Expect(w.run("second")).To(MatchError(ContainSubstring("comparing the report with the last one")))
			w.clock = now.Add(12 * time.Hour)
			Expect(w.run("third")).NotTo(Succeed())
			Expect(w.summary().Started).To(Equal(now.Add(6 * time.Hour)))
			Expect(w.summary().Complete).To(BeTrue())
			Expect(w.summary().Unavailable).To(HaveExactElements(HaveField("Part", "comparison")))
			Expect(w.mails).To(BeEmpty())
			w.fault = at(0, none)
			w.clock = w.clock.Add(time.Minute)
			Expect(w.run("third")).To(Succeed())
			Expect(w.summary().Changes.New.Count).To(Equal(1), "compared with the last report that people were told of")
		})

		It("should take one that is broken for one that can't be read", func() {
			for _, content := range []string{`{"schemaVersion":1,"history":7}`, `{"schemaVersion":"x"}`, `{`} {
				w := second()
				w.objects[ledgerKey] = object{content: []byte(content)}
				Expect(w.run("second")).To(MatchError(ContainSubstring("reading " + ledgerKey)))
			}
		})

		It("should begin anew when it is of another version", func() {
			w := second()
			w.edit(ledgerKey, func(d map[string]any) { d["schemaVersion"] = 9; d["history"] = 7 })
			Expect(w.run("second")).To(Succeed())
			Expect(w.summary().Unavailable).To(HaveExactElements(And(HaveField("Part", "comparison"), HaveField("Why", ContainSubstring("schema version")))))
			Expect(w.summary().History).To(HaveLen(1))
		})
	})

	Context("when the violations of the last report can't be read", func() {
		It("should begin anew when they are gone", func() {
			w := second()
			for _, key := range w.keys("state/aggregator/violations/") {
				delete(w.objects, key)
			}
			Expect(w.run("second")).To(Succeed())
			Expect(w.summary().Unavailable).To(HaveExactElements(HaveField("Part", "comparison")))
		})

		It("should fail, and publish without a comparison when the next report is due", func() {
			w := second()
			w.fault = always("GET state/aggregator/violations/", truncate)
			Expect(w.run("second")).To(MatchError(ContainSubstring("reading the last report's violations")))
			w.clock = now.Add(12 * time.Hour)
			Expect(w.run("third")).NotTo(Succeed())
			Expect(w.summary().Unavailable).To(HaveExactElements(HaveField("Part", "comparison")))
			w.fault = at(0, none)
			w.clock = w.clock.Add(time.Minute)
			Expect(w.run("third")).To(Succeed())
			Expect(w.summary().Changes.New.Count).To(Equal(1))
		})
	})

	DescribeTable("should judge a checkpoint by its version",
		func(content, fault string) {
			w := second()
			w.objects[checkpointKey] = object{content: []byte(content)}
			if fault != "" {
				Expect(w.run("second")).To(MatchError(ContainSubstring(fault)))
				return
			}
			Expect(w.run("second")).To(Succeed())
			Expect(w.summary().Started).To(Equal(w.clock))
		},
		Entry("of another version", `{"schemaVersion":9,"parts":7,"claim":{"requestId":"x","until":"2020-01-01T00:00:00Z"}}`, ""),
		Entry("that is not one", `{`, "if this stays so, delete the object"),
		Entry("that is broken", `{"schemaVersion":1,"parts":7}`, "if this stays so, delete the object"),
	)

	It("should publish a report although what the last one left can't be cleared away", func() {
		w := second()
		w.fault = always("DELETE", failBefore)
		Expect(w.run("second")).To(MatchError(ContainSubstring("clearing away")))
		w.clock = now.Add(12 * time.Hour)
		Expect(w.run("third")).To(MatchError(ContainSubstring("clearing away")))
		Expect(w.summary().Started).To(Equal(w.clock))
		Expect(w.metrics).To(HaveLen(2*14), "each report is measured once")
		w.fault = at(0, none)
		Expect(w.run("third")).To(Succeed())
		Expect(w.summary().Started).To(Equal(w.clock))
		Expect(w.leftovers()).To(Equal([]string{ledgerKey}))
	})
})

// forgetful is AWS Config that has forgotten a token until its rule is read again.
type forgetful struct {
	aggregator.Config
	w *world
}
