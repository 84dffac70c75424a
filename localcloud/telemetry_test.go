package localcloud_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// now is the local cloud's time.
func (f running) now(ctx context.Context) time.Time {
	GinkgoHelper()
	var answer struct{ Now time.Time }
	f.control(ctx, "GET", "clock", "", &answer)
	return answer.Now
}

// total is the sum of a metric over the last hour of the local cloud's time.
func (f running) total(ctx context.Context, metric *cwtypes.Metric) float64 {
	GinkgoHelper()
	now := f.now(ctx)
	out, err := cloudwatch.NewFromConfig(f.config).GetMetricData(ctx, &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(now.Add(-time.Hour)), EndTime: aws.Time(now.Add(time.Hour)),
		MetricDataQueries: []cwtypes.MetricDataQuery{{
			Id: aws.String("q"), MetricStat: &cwtypes.MetricStat{Metric: metric, Period: aws.Int32(3 * 3600), Stat: aws.String("Sum")},
		}},
	})
	Expect(err).NotTo(HaveOccurred())
	Expect(out.MetricDataResults).To(HaveLen(1))
	sum := 0.0
	for _, value := range out.MetricDataResults[0].Values {
		sum += value
	}
	return sum
}

// sum is the sum of one of Lambda's own metrics of the function.
func (f running) sum(ctx context.Context, name string) float64 {
	return f.total(ctx, &cwtypes.Metric{
		Namespace: aws.String("AWS/Lambda"), MetricName: &name,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("FunctionName"), Value: &f.name}},
	})
}

// lines are those in a log group, as soon as there are some, by stream.
func (f running) lines(ctx context.Context, group string, enough OmegaMatcher) (streams []string, lines []string) {
	GinkgoHelper()
	logs := cloudwatchlogs.NewFromConfig(f.config)
	Eventually(func() ([]string, error) {
		out, err := logs.FilterLogEvents(ctx, &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &group})
		if err != nil {
			return nil, err
		}
		streams, lines = nil, nil
		for _, event := range out.Events {
			streams, lines = append(streams, *event.LogStreamName), append(lines, *event.Message)
		}
		return lines, nil
	}).WithContext(ctx).WithTimeout(time.Minute).Should(enough)
	return streams, lines
}

var _ = Describe("What a function logs", func() {
	It("should be in its log group, in a stream of its environment, in order", func(ctx SpecContext) {
		f := deploy(ctx, client, withVariables(map[string]string{"INIT": "print initialising"}))
		Expect(f.answer(ctx, do("print", "one\ntwo"))).To(Equal("null"))
		Expect(f.answer(ctx, do("print", "three"))).To(Equal("null"))
		streams, lines := f.lines(ctx, "/aws/lambda/"+f.name, ContainElement("three"))
		Expect(streams).To(HaveEach(And(MatchRegexp(`^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$`), Equal(streams[0]))))
		Expect(lines).To(HaveExactElements(
			HavePrefix("INIT_START "), Equal("initialising"), HavePrefix("START "), Equal("one"), Equal("two"), HavePrefix("END "), HavePrefix("REPORT "),
			HavePrefix("START "), Equal("three"), HavePrefix("END "), HavePrefix("REPORT "),
		))
	})

	It("should go on in a group that was taken away, which is made anew", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		group := "/aws/lambda/" + f.name
		f.answer(ctx, do("print", "one"))
		f.lines(ctx, group, ContainElement("one"))
		_, err := cloudwatchlogs.NewFromConfig(client).DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &group})
		Expect(err).NotTo(HaveOccurred())
		f.answer(ctx, do("print", "two"))
		f.lines(ctx, group, And(ContainElement("two"), Not(ContainElement("one"))))
	})

	It("should be JSON in a group of its own, and only what is of the levels that it asks for", func(ctx SpecContext) {
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) {
			in.LoggingConfig = &types.LoggingConfig{
				LogFormat: types.LogFormatJson, LogGroup: aws.String("/mine/" + *in.FunctionName),
				ApplicationLogLevel: types.ApplicationLogLevelWarn, SystemLogLevel: types.SystemLogLevelDebug,
			}
		})
		f.answer(ctx, do("print", `{"level":"INFO","msg":"quiet"}`+"\n"+`{"level":"error","msg":"loud"}`+"\nplain"))
		_, lines := f.lines(ctx, "/mine/"+f.name, ContainElement(ContainSubstring("platform.report")))
		var kinds []string
		var records []map[string]any
		for _, line := range lines {
			var event struct {
				Time   time.Time
				Type   string
				Msg    string
				Record map[string]any
			}
			Expect(json.Unmarshal([]byte(line), &event)).To(Succeed(), line)
			kinds, records = append(kinds, event.Type+event.Msg), append(records, event.Record)
		}
		Expect(kinds).To(Equal([]string{
			"platform.initStart", "platform.initRuntimeDone", "platform.initReport", "platform.start", "loud", "platform.runtimeDone", "platform.report",
		}))
		report := records[6]
		Expect(report).To(And(HaveKeyWithValue("status", "success"), HaveKeyWithValue("requestId", HaveLen(36))))
		Expect(report["metrics"]).To(And(
			HaveKeyWithValue("memorySizeMB", BeEquivalentTo(256)), HaveKeyWithValue("maxMemoryUsedMB", BeNumerically(">", 0)),
			HaveKeyWithValue("durationMs", BeNumerically(">", 0)), HaveKeyWithValue("billedDurationMs", BeNumerically(">", 0)), HaveKeyWithValue("initDurationMs", BeNumerically(">", 0)),
		))
	})

	It("should leave out what Lambda says of itself, where less is asked for", func(ctx SpecContext) {
		f := deploy(ctx, client, func(in *lambda.CreateFunctionInput) {
			in.LoggingConfig = &types.LoggingConfig{LogFormat: types.LogFormatJson, SystemLogLevel: types.SystemLogLevelWarn}
		})
		f.answer(ctx, do("print", "plain"))
		_, lines := f.lines(ctx, "/aws/lambda/"+f.name, ContainElement("plain"))
		Expect(lines).To(Equal([]string{"plain"}))
		f.invoke(ctx, do("crash", 1))
		f.lines(ctx, "/aws/lambda/"+f.name, ContainElements(ContainSubstring(`"errorType":"Runtime.ExitError"`)))
	})
})

var _ = Describe("What a function measures", func() {
	// embedded is a line in the embedded metric format.
	embedded := func(namespace string, at time.Time) string {
		return fmt.Sprintf(`{"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":%q,"Dimensions":[["Rule"],["Rule","Severity"],[]],`+
			`"Metrics":[{"Name":"Violations","Unit":"Count"},{"Name":"Latency","Unit":"Milliseconds"}]}]},`+
			`"Rule":"r","Severity":"high","Violations":2,"Latency":[10,20,30],"detail":"more"}`, at.UnixMilli(), namespace)
	}
	dimension := func(name, value string) cwtypes.Dimension { return cwtypes.Dimension{Name: &name, Value: &value} }

	It("should be what the embedded metrics in its log say", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		namespace := "Mine/" + f.name
		f.answer(ctx, do("print", embedded(namespace, time.Now())))
		f.advance(ctx, "1s")
		metric := func(name string, dimensions ...cwtypes.Dimension) *cwtypes.Metric {
			return &cwtypes.Metric{Namespace: &namespace, MetricName: &name, Dimensions: dimensions}
		}
		Expect(f.total(ctx, metric("Violations", dimension("Rule", "r")))).To(BeEquivalentTo(2))
		Expect(f.total(ctx, metric("Latency", dimension("Rule", "r"), dimension("Severity", "high")))).To(BeEquivalentTo(60))
		metrics := cloudwatch.NewFromConfig(client)
		listed, err := metrics.ListMetrics(ctx, &cloudwatch.ListMetricsInput{Namespace: &namespace})
		Expect(err).NotTo(HaveOccurred())
		named := func(name string, dimensions int) OmegaMatcher {
			return And(HaveField("MetricName", HaveValue(Equal(name))), HaveField("Dimensions", HaveLen(dimensions)))
		}
		Expect(listed.Metrics).To(ContainElements(
			named("Violations", 0), named("Violations", 1), named("Violations", 2), named("Latency", 0), named("Latency", 1), named("Latency", 2)))
		now := f.now(ctx)
		statistics, err := metrics.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
			Namespace: &namespace, MetricName: aws.String("Latency"), Dimensions: []cwtypes.Dimension{dimension("Rule", "r"), dimension("Severity", "high")},
			StartTime: aws.Time(now.Add(-time.Hour)), EndTime: aws.Time(now.Add(time.Hour)), Period: aws.Int32(3 * 3600),
			Statistics: []cwtypes.Statistic{cwtypes.StatisticMaximum, cwtypes.StatisticSampleCount},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(statistics.Datapoints).To(HaveExactElements(And(
			HaveField("Maximum", HaveValue(BeEquivalentTo(30))), HaveField("SampleCount", HaveValue(BeEquivalentTo(3))), HaveField("Unit", cwtypes.StandardUnitMilliseconds),
		)))
	})

	It("should be measured on the local cloud's clock", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		namespace := "Mine/" + f.name
		f.advance(ctx, "48h")
		f.answer(ctx, do("print", embedded(namespace, time.Now())))
		f.advance(ctx, "1s")
		metric := &cwtypes.Metric{Namespace: &namespace, MetricName: aws.String("Violations"), Dimensions: []cwtypes.Dimension{dimension("Rule", "r")}}
		Expect(f.total(ctx, metric)).To(BeEquivalentTo(2))
	})

	It("should be what Lambda measures of it", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		f.answer(ctx, do("wait", 20))
		f.invoke(ctx, do("fail", "x"))
		f.queue(ctx, do("crash", 1))
		f.advance(ctx, "10m")
		_, err := f.client.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &f.name, ReservedConcurrentExecutions: aws.Int32(0)})
		Expect(err).NotTo(HaveOccurred())
		_, err = f.try(ctx, "", nil)
		Expect(err).To(code("TooManyRequestsException"))
		f.advance(ctx, "1s")
		Expect(f.sum(ctx, "Invocations")).To(BeEquivalentTo(5))
		Expect(f.sum(ctx, "Errors")).To(BeEquivalentTo(4))
		Expect(f.sum(ctx, "Throttles")).To(BeEquivalentTo(1))
		Expect(f.sum(ctx, "Duration")).To(BeNumerically(">", 20))
		Expect(f.sum(ctx, "AsyncEventsDropped")).To(BeEquivalentTo(1))
	})

	It("should be nothing where the line only looks like it", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		namespace := "Mine/" + f.name
		f.answer(ctx, do("print", strings.Replace(embedded(namespace, time.Now()), `"Violations":2`, `"Violations":"two"`, 1)))
		f.advance(ctx, "1s")
		listed, err := cloudwatch.NewFromConfig(client).ListMetrics(ctx, &cloudwatch.ListMetricsInput{Namespace: &namespace, MetricName: aws.String("Violations")})
		Expect(err).NotTo(HaveOccurred())
		Expect(listed.Metrics).To(BeEmpty())
	})
})
