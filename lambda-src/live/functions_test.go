package live_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// fields of a JSON object.
type fields = map[string]any

const rule = "monitor-live-s3-encryption"

var _ = Describe("The processor's program", func() {
	It("should turn an event into an object and a mail, once", func() {
		a := newAccount()
		function := start(names.Processor, a.environment()...)
		Expect(function.invoke(violation(rule, a.watched))).To(Equal(answer{body: "null"}), function.said.String())

		var record fields
		key := a.only(names.EventsPrefix, &record)
		Expect(key).To(MatchRegexp(`^events/2026/11/23/[0-9a-f]{32}\.json$`))
		Expect(record).To(And(
			HaveKeyWithValue("rule", "s3-encryption"), HaveKeyWithValue("severity", "high"), HaveKeyWithValue("resourceId", a.watched),
			HaveKeyWithValue("transition", "violation"),
		))
		Expect(record["notification"]).To(And(HaveKeyWithValue("delivery", "sent"), HaveKeyWithValue("messageId", Not(BeEmpty()))))

		Expect(a.mailed()).To(HaveLen(1))
		Expect(a.mailed()[0].Get("TopicArn")).To(Equal(a.topic))
		Expect(a.mailed()[0].Get("Subject")).To(Equal("[HIGH] violation: s3-encryption on " + a.watched))
		Expect(a.mailed()[0].Get("Message")).To(ContainSubstring("s3://" + a.reports + "/" + key))
		Expect(function.said.String()).To(And(ContainSubstring(`"EventsProcessed":1`), ContainSubstring(`"requestId":"request-1"`)))

		calls := len(a.made())
		Expect(calls).To(Equal(3))
		Expect(function.invoke(violation(rule, a.watched)).failed).To(BeFalse())
		Expect(a.made()).To(HaveLen(calls), "a copy that comes to the environment that has the event costs no call")
		another := start(names.Processor, a.environment()...)
		Expect(another.invoke(violation(rule, a.watched)).failed).To(BeFalse())
		Expect(a.made()).To(HaveLen(calls+2), "one that comes to another environment costs a try and a look")
		Expect(a.mailed()).To(HaveLen(1))
		Expect(a.keys(names.EventsPrefix)).To(HaveLen(1))
		Expect(function.said.String()).To(ContainSubstring(`"DuplicateEvents":1`))
		Expect(another.said.String()).To(ContainSubstring(`"DuplicateEvents":1`))
	})

	It("should not fail on what is not an event, not even on what is not JSON", func() {
		a := newAccount()
		function := start(names.Processor, a.environment()...)
		for _, event := range []string{`not JSON`, `{}`, `[]`, ``} {
			Expect(function.invoke([]byte(event)).failed).To(BeFalse(), event)
		}
		Expect(a.made()).To(BeEmpty())
		Expect(strings.Count(function.said.String(), `"IgnoredEvents":1`)).To(Equal(4))
	})

	It("should fail, so that Lambda tries again, when the topic does not take the mail, and not lose it", func() {
		a := newAccount()
		a.broken = func(call string) (breakage, int) {
			if call == "Publish" {
				return refuse, 0
			}
			return none, 0
		}
		function := start(names.Processor, a.environment()...)
		got := function.invoke(violation(rule, a.watched))
		Expect(got.failed).To(BeTrue())
		Expect(got.body).To(And(ContainSubstring("publishing to"), ContainSubstring(a.topic)))
		var record fields
		a.only(names.EventsPrefix, &record)
		Expect(record["notification"]).To(HaveKeyWithValue("delivery", "pending"))
	})

	It("should not start without its environment, and name everything that it lacks", func() {
		said := &output{}
		Expect(command(names.Processor, said).Run()).NotTo(Succeed())
		for _, key := range []string{names.EnvPrefix, names.EnvReportsBucket, names.EnvViolationsTopic, "AWS_REGION"} {
			Expect(said.String()).To(ContainSubstring(key + " is not set"))
		}
	})
})

var _ = Describe("The aggregator's program", func() {
	It("should write a report of all results", func() {
		a := newAccount()
		a.results = []result{
			{rule, "one", "COMPLIANT"},
			{rule, "two", "NON_COMPLIANT"},
			{"monitor-live-s3-tls-only", "two", "COMPLIANT"},
			{"other-rule", "three", "NON_COMPLIANT"},
		}
		function := start(names.Aggregator, a.environment()...)
		Expect(function.invoke([]byte(`{}`))).To(Equal(answer{body: "null"}), function.said.String())

		var latest struct {
			Files   struct{ Summary, Results string }
			Summary fields
		}
		Expect(json.Unmarshal(a.get(names.LatestReportKey), &latest)).To(Succeed())
		Expect(latest.Summary).To(And(
			HaveKeyWithValue("complete", true), HaveKeyWithValue("score", BeNumerically("~", 66.67, 0.01)),
			HaveKeyWithValue("account", "123456789012"), HaveKeyWithValue("resources", fields{"compliant": 1.0, "nonCompliant": 1.0}),
		))
		summary, err := json.Marshal(latest.Summary)
		Expect(err).NotTo(HaveOccurred())
		Expect(a.get(latest.Files.Summary)).To(MatchJSON(summary))

		packed, err := gzip.NewReader(bytes.NewReader(a.get(latest.Files.Results)))
		Expect(err).NotTo(HaveOccurred())
		lines, err := io.ReadAll(packed)
		Expect(err).NotTo(HaveOccurred())
		Expect(bytes.Count(lines, []byte("\n"))).To(Equal(3))
		Expect(function.said.String()).To(And(ContainSubstring(`"ComplianceScore":66.6`), ContainSubstring(`"ReportAgeSeconds":`)))
	})

	It("should say which rule it could not read", func() {
		a := newAccount()
		a.results = []result{{rule, "one", "COMPLIANT"}}
		a.broken = func(call string) (breakage, int) {
			if call == "GetComplianceDetailsByConfigRule" {
				return refuse, 0
			}
			return none, 0
		}
		function := start(names.Aggregator, a.environment()...)
		Expect(function.invoke([]byte(`{}`)).failed).To(BeFalse(), function.said.String())
		Expect(a.get(names.LatestReportKey)).To(And(
			ContainSubstring(`"complete":false`), ContainSubstring(`"missing":[{"rule":"s3-encryption","why":"`)))
		Expect(function.said.String()).NotTo(ContainSubstring(`"ComplianceScore":`))
	})

	It("should not start without its environment", func() {
		said := &output{}
		Expect(command(names.Aggregator, said).Run()).NotTo(Succeed())
		Expect(said.String()).To(ContainSubstring(names.EnvReportsBucket + " is not set"))
	})
})

var _ = Describe("The remediator's program", func() {
	encrypted := "aws:kms " + keyARN + " true"

	It("should encrypt the bucket that an event is about", func() {
		a := newAccount()
		function := start(names.Remediator, a.environment()...)
		Expect(function.invoke(violation(rule, a.watched))).To(Equal(answer{body: "null"}), function.said.String())
		Expect(a.encryption()).To(Equal(encrypted))
		var record fields
		a.only(names.RemediationsPrefix, &record)
		Expect(record).To(And(
			HaveKeyWithValue("outcome", "verified"), HaveKeyWithValue("before", fields{}), HaveKeyWithValue("evaluation", "requested")))
		Expect(a.mailed()).To(HaveLen(1))
		Expect(a.mailed()[0].Get("Subject")).To(Equal("[HIGH] remediation verified: s3-encryption on " + a.watched))
		Expect(function.said.String()).To(And(ContainSubstring(`"Remediations":1`), ContainSubstring(`"Outcome":"verified"`)))
	})

	It("should find by its sweep what no event told of", func() {
		a := newAccount()
		a.encrypt()
		a.results = []result{{rule, "compliant-bucket", "COMPLIANT"}, {rule, a.watched, "NON_COMPLIANT"}}
		function := start(names.Remediator, a.environment()...)
		Expect(function.invoke([]byte(`{"source":"aws.events","detail-type":"Scheduled Event"}`))).To(Equal(answer{body: "null"}), function.said.String())
		Expect(a.encryption()).To(Equal(encrypted))
		Expect(a.made()).NotTo(ContainElement(ContainSubstring("compliant-bucket")))
		var record fields
		a.only(names.RemediationsPrefix, &record)
		Expect(record).To(HaveKeyWithValue("before", fields{"algorithm": "AES256"}))
	})

	It("should share the record of a result between its event and the sweep", func() {
		a := newAccount()
		a.results = []result{{rule, a.watched, "NON_COMPLIANT"}}
		function := start(names.Remediator, append(a.environment(), names.EnvRemediationMode+"="+names.ModePlan)...)
		Expect(function.invoke(violation(rule, a.watched)).failed).To(BeFalse())
		Expect(function.invoke([]byte(`{"source":"aws.events","detail-type":"Scheduled Event"}`)).failed).To(BeFalse())
		Expect(a.encryption()).To(BeEmpty())
		Expect(a.keys(names.RemediationsPrefix)).To(HaveLen(1))
		Expect(a.mailed()).To(HaveLen(1))
	})

	It("should obey a tag and the mode of a rule", func() {
		a := newAccount()
		a.tag(names.TagRemediation, names.TagRemediationOff)
		function := start(names.Remediator, append(a.environment(), names.EnvRemediations+`={"s3-encryption-kms":"off"}`)...)
		Expect(function.invoke(violation(rule, a.watched)).failed).To(BeFalse())
		Expect(function.invoke(violation(rule+"-kms", a.watched)).failed).To(BeFalse())
		Expect(a.encryption()).To(BeEmpty())
		var record fields
		a.only(names.RemediationsPrefix, &record)
		Expect(record).To(HaveKeyWithValue("outcome", "opted-out"))
	})

	It("should not start without its environment", func() {
		said := &output{}
		Expect(command(names.Remediator, said).Run()).NotTo(Succeed())
		Expect(said.String()).To(And(ContainSubstring(names.EnvKeyARN+" is not set"), ContainSubstring(names.EnvRemediationMode+" is not set")))
	})
})
