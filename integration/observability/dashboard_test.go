package observability_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// metricsOfTheMonitor are the metrics that the contract names.
func metricsOfTheMonitor() []string {
	GinkgoHelper()
	source := filepath.Join(deployed.Root, "contract", "names", "metrics.go")
	file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
	Expect(err).NotTo(HaveOccurred())
	var metrics []string
	ast.Inspect(file, func(node ast.Node) bool {
		constant, is := node.(*ast.ValueSpec)
		if !is {
			return true
		}
		name := constant.Names[0].Name
		if strings.HasPrefix(name, "Metric") && name != "MetricNamespace" {
			metric, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			Expect(err).NotTo(HaveOccurred())
			metrics = append(metrics, metric)
		}
		return false
	})
	return metrics
}

// showing are the values of a dimension with which a metric is shown in some chart.
func showing(ctx SpecContext, namespace, metric, dimension string) []string {
	GinkgoHelper()
	var values []string
	for _, one := range series(ctx) {
		if len(one) > 3 && one[0] == namespace && one[1] == metric && one[2] == dimension {
			values = append(values, one[3].(string))
		}
	}
	return values
}

var _ = Describe("The dashboard", func() {
	It("should be the only one, under its name and ARN", func(ctx SpecContext) {
		Expect(listed(ctx, "dashboard")).To(ConsistOf(dashboard))
		found, err := clients.CloudWatch.GetDashboard(ctx, &cloudwatch.GetDashboardInput{DashboardName: &dashboard})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.DashboardName).To(HaveValue(Equal(dashboard)))
		Expect(found.DashboardArn).To(HaveValue(Equal("arn:aws:cloudwatch::" + stage.Account + ":dashboard/" + dashboard)))
	})

	It("should fill each of its rows, and put nothing on top of anything else", func(ctx SpecContext) {
		const width = 24
		taken := map[[2]int]bool{}
		bottom := 0
		for _, one := range widgets(ctx, "") {
			bottom = max(bottom, one.Y+one.Height)
			for x := one.X; x < one.X+one.Width; x++ {
				for y := one.Y; y < one.Y+one.Height; y++ {
					Expect(taken).NotTo(HaveKey([2]int{x, y}))
					Expect(x).To(BeNumerically("<", width))
					taken[[2]int{x, y}] = true
				}
			}
		}
		Expect(taken).To(HaveLen(width * bottom))
		Expect(bottom).To(BeNumerically(">", 0))
	})

	It("should have no widgets but one text, one list of alarms, and charts", func(ctx SpecContext) {
		count := map[string]int{}
		for _, one := range widgets(ctx, "") {
			count[one.Type]++
		}
		Expect(count).To(Equal(map[string]int{"text": 1, "alarm": 1, "metric": len(expectedCharts(defaults.score))}))
	})

	for _, title := range slices.Sorted(maps.Keys(expectedCharts(defaults.score))) {
		It("should have the chart '"+title+"' as it is meant", func(ctx SpecContext) {
			shown := charts(ctx)
			Expect(shown).To(HaveKey(title))
			expectChart(shown[title], title, expectedCharts(defaults.score)[title])
		})
	}

	It("should show which of all the alarms ring", func(ctx SpecContext) {
		list := widgets(ctx, "alarm")
		Expect(list).To(HaveLen(1))
		var shown struct {
			Title  string
			Alarms []string
		}
		Expect(json.Unmarshal(list[0].Properties, &shown)).To(Succeed())
		Expect(shown.Title).To(Equal("What needs attention?"))
		var arns []string
		for _, alarm := range alarms(ctx) {
			arns = append(arns, *alarm.AlarmArn)
		}
		Expect(arns).NotTo(BeEmpty())
		Expect(shown.Alarms).To(ConsistOf(arns))
	})

	It("should show every metric of the monitor", func(ctx SpecContext) {
		metrics := metricsOfTheMonitor()
		Expect(len(metrics)).To(BeNumerically(">=", 11))
		text := fmt.Sprint(series(ctx))
		for _, metric := range metrics {
			Expect(text).To(MatchRegexp(`%[1]s %[2]s |{%[1]s,.*MetricName="%[2]s"`, names.MetricNamespace, metric))
		}
	})

	DescribeTable("should show all functions that there are:",
		func(ctx SpecContext, metric string) {
			Expect(listed(ctx, "function")).NotTo(BeEmpty())
			Expect(showing(ctx, "AWS/Lambda", metric, "FunctionName")).To(ConsistOf(listed(ctx, "function")))
		},
		Entry("how often they start", "Invocations"),
		Entry("how often they fail", "Errors"),
		Entry("how long they take", "Duration"),
		Entry("how often they are held back", "Throttles"),
	)

	It("should show all queues that there are", func(ctx SpecContext) {
		Expect(listed(ctx, "queue")).NotTo(BeEmpty())
		Expect(showing(ctx, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName")).To(ConsistOf(listed(ctx, "queue")))
	})
})
