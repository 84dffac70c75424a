package observability

import (
	"encoding/json"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The dashboard", func() {
	shown := func() board { return newBoard(watching(), with(nil), []string{"arn:alarm"}) }

	// charts are the dashboard's charts by their titles, as CloudWatch gets them.
	charts := func() map[string]map[string]any {
		var body struct {
			Widgets []struct {
				Type       string
				Properties map[string]any
			}
		}
		Expect(json.Unmarshal([]byte(shown().json()), &body)).To(Succeed())
		found := map[string]map[string]any{}
		for _, widget := range body.Widgets {
			if widget.Type == "metric" {
				found[widget.Properties["title"].(string)] = widget.Properties
			}
		}
		return found
	}

	It("should fill each of its rows, and put nothing on top of anything else", func() {
		const width = 24
		taken := map[[2]int]bool{}
		bottom := 0
		for _, w := range shown().Widgets {
			Expect(w.X + w.Width).To(BeNumerically("<=", width))
			bottom = max(bottom, w.Y+w.Height)
			for x := w.X; x < w.X+w.Width; x++ {
				for y := w.Y; y < w.Y+w.Height; y++ {
					Expect(taken).NotTo(HaveKey([2]int{x, y}))
					taken[[2]int{x, y}] = true
				}
			}
		}
		Expect(taken).To(HaveLen(width * bottom))
	})

	It("should answer the questions that people come with", func() {
		titles := []string{}
		for title, properties := range charts() {
			titles = append(titles, title)
			Expect(properties).To(HaveKeyWithValue("region", region), title)
			Expect(properties["metrics"]).NotTo(BeEmpty(), title)
			Expect(properties["stat"]).NotTo(BeEmpty(), title)
			Expect(properties["period"]).To(BeNumerically(">=", 60), title)
		}
		for _, question := range []string{
			"How compliant are we?", "How bad is it?", "Is it getting better?", "Which rules?", "What is new?",
			"What did remediation do?", "Do they fail?", "Are they slow?", "Are they held back?", "Is the report fresh?",
			"Are the dead-letter queues empty?",
		} {
			Expect(titles).To(ContainElement(HavePrefix(question)))
		}
	})

	It("should show the score with the line at which the alarm rings", func() {
		chart := charts()["Is it getting better? (score, %)"]
		Expect(chart["metrics"]).To(Equal([]any{
			[]any{"ComplianceMonitor", "ComplianceScore", "Deployment", prefix, map[string]any{"label": "Score"}},
		}))
		Expect(chart["annotations"]).To(Equal(map[string]any{
			"horizontal": []any{map[string]any{"label": "Alarm", "value": 80.0}},
		}))
		Expect(chart["yAxis"]).To(Equal(map[string]any{"left": map[string]any{"min": 0.0, "max": 100.0, "showUnits": false}}))
	})

	It("should show violations by severity, worst first", func() {
		var severities []string
		for _, series := range charts()["How bad is it? (violations by severity)"]["metrics"].([]any) {
			list := series.([]any)
			Expect(list[:5]).To(Equal([]any{"ComplianceMonitor", "NonCompliantResources", "Deployment", prefix, "Severity"}))
			Expect(list[6]).To(HaveKeyWithValue("color", HavePrefix("#")))
			severities = append(severities, list[5].(string))
		}
		Expect(severities).To(Equal([]string{"critical", "high", "medium", "low"}))
	})

	DescribeTable("should find by a search",
		func(title, expression string) {
			Expect(charts()[title]["metrics"]).To(ContainElement(ConsistOf(HaveKeyWithValue("expression", expression))))
		},
		Entry("the rules that are violated most", "Which rules? (the 10 that are violated most)",
			`SORT(SEARCH('{ComplianceMonitor,Deployment,Rule} MetricName="NonCompliantResources" Deployment="monitor-test"', `+
				`'Maximum'), MAX, DESC, 10)`),
		Entry("the outcomes of remediations", "What did remediation do? (by outcome)",
			`SEARCH('{ComplianceMonitor,Deployment,Outcome} MetricName="Remediations" Deployment="monitor-test"', 'Sum')`),
		Entry("why events are ignored", "What becomes of events?",
			`SEARCH('{ComplianceMonitor,Deployment,Reason} MetricName="IgnoredEvents" Deployment="monitor-test"', 'Sum')`),
	)

	It("should count complete reports by the values of their age", func() {
		Expect(charts()["Is the report fresh? (reports in 6 hours)"]["metrics"]).To(ContainElement(Equal([]any{
			"ComplianceMonitor", "ReportAgeSeconds", "Deployment", prefix,
			map[string]any{"label": "Complete", "stat": "SampleCount"},
		})))
	})

	It("should show every function and every dead-letter queue", func() {
		Expect(charts()["Are they slow? (ms, p95)"]).To(And(
			HaveKeyWithValue("stat", "p95"),
			HaveKeyWithValue("metrics", ConsistOf(
				ContainElements("AWS/Lambda", "Duration", "FunctionName", "monitor-test-processor"),
				ContainElements("AWS/Lambda", "Duration", "FunctionName", "monitor-test-aggregator"),
				ContainElements("AWS/Lambda", "Duration", "FunctionName", "monitor-test-remediator"),
			)),
		))
		Expect(charts()["Are the dead-letter queues empty? (messages)"]["metrics"]).To(HaveLen(7))
	})

	It("should show which alarms ring", func() {
		var alarms []any
		for _, w := range shown().Widgets {
			if w.Type == "alarm" {
				alarms = append(alarms, w.Properties)
			}
		}
		Expect(alarms).To(ConsistOf(alarmStatus{Title: "What needs attention?", Alarms: []string{"arn:alarm"}}))
	})

	It("should begin with what it is about, and with links to the details", func() {
		header := shown().Widgets[0].Properties.(text).Markdown
		Expect(strings.Split(header, "\n")).To(ContainElements(
			"# Compliance of account 111122223333 in us-east-1",
			"2 rules of monitor-test are watched; a report is due every 6 hours.",
		))
		for _, link := range []string{
			"[rules](https://us-east-1.console.aws.amazon.com/config/home?region=us-east-1#/rules)",
			"[reports](https://s3.console.aws.amazon.com/s3/buckets/monitor-test-reports-111122223333" +
				"?region=us-east-1&prefix=reports/)",
			"[processor](https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1" +
				"#/functions/monitor-test-processor?tab=monitoring)",
			"[log](https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1" +
				"#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fmonitor-test-processor)",
			"[deliveries](https://us-east-1.console.aws.amazon.com/sqs/home?region=us-east-1" +
				"#/queues/https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F111122223333%2Fmonitor-test-deliveries-dlq)",
		} {
			Expect(header).To(ContainSubstring(link))
		}
	})
})
