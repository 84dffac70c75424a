package observability_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// alarms are all alarms of the account, by their short names.
func alarms(ctx context.Context) map[string]types.MetricAlarm {
	GinkgoHelper()
	found := map[string]types.MetricAlarm{}
	pages := cloudwatch.NewDescribeAlarmsPaginator(clients.CloudWatch, &cloudwatch.DescribeAlarmsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		Expect(err).NotTo(HaveOccurred())
		for _, alarm := range page.MetricAlarms {
			found[strings.TrimPrefix(*alarm.AlarmName, prefix+"-")] = alarm
		}
	}
	return found
}

// settled is the alarm without its state and history, which are not deployed, with its dimensions, whose order means
// nothing, sorted, and with no list that is empty.
func settled(alarm types.MetricAlarm) types.MetricAlarm {
	alarm.AlarmConfigurationUpdatedTimestamp = nil
	alarm.StateReason, alarm.StateReasonData, alarm.StateValue = nil, nil, ""
	alarm.StateTransitionedTimestamp, alarm.StateUpdatedTimestamp, alarm.EvaluationState = nil, nil, ""
	alarm.Dimensions = slices.SortedFunc(slices.Values(alarm.Dimensions), func(a, b types.Dimension) int {
		return strings.Compare(*a.Name, *b.Name)
	})
	alarm.Metrics = orNil(alarm.Metrics)
	alarm.AlarmActions = orNil(alarm.AlarmActions)
	alarm.OKActions = orNil(alarm.OKActions)
	alarm.InsufficientDataActions = orNil(alarm.InsufficientDataActions)
	return alarm
}

func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// timeouts are the time-outs of the deployed functions in seconds, by their short names.
func timeouts(ctx context.Context) map[string]int32 {
	GinkgoHelper()
	found := map[string]int32{}
	for _, function := range functions {
		configuration, err := clients.Lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{
			FunctionName: aws.String(names.Resource(prefix, function)),
		})
		Expect(err).NotTo(HaveOccurred())
		found[function] = *configuration.Timeout
	}
	return found
}

// widget is one widget of the dashboard.
type widget struct {
	Type                string
	X, Y, Width, Height int
	Properties          json.RawMessage
}

// body is the dashboard's body as CloudWatch keeps it.
func body(ctx context.Context) string {
	GinkgoHelper()
	out, err := clients.CloudWatch.GetDashboard(ctx, &cloudwatch.GetDashboardInput{DashboardName: &dashboard})
	Expect(err).NotTo(HaveOccurred())
	return *out.DashboardBody
}

// widgets are the widgets of the given type on the dashboard, or all of them where none is given. An unknown element of
// the body or of a widget is an error.
func widgets(ctx context.Context, ofType string) []widget {
	GinkgoHelper()
	decoder := json.NewDecoder(strings.NewReader(body(ctx)))
	decoder.DisallowUnknownFields()
	var read struct{ Widgets []widget }
	Expect(decoder.Decode(&read)).To(Succeed())
	var found []widget
	for _, one := range read.Widgets {
		if ofType == "" || one.Type == ofType {
			found = append(found, one)
		}
	}
	return found
}

// charts are the properties of the dashboard's charts, by their titles.
func charts(ctx context.Context) map[string]json.RawMessage {
	GinkgoHelper()
	found := map[string]json.RawMessage{}
	for _, one := range widgets(ctx, "metric") {
		var chart struct{ Title string }
		Expect(json.Unmarshal(one.Properties, &chart)).To(Succeed())
		Expect(found).NotTo(HaveKey(chart.Title))
		found[chart.Title] = one.Properties
	}
	return found
}

// series are the metrics and expressions of every chart.
func series(ctx context.Context) [][]any {
	GinkgoHelper()
	var all [][]any
	for _, properties := range charts(ctx) {
		var chart struct{ Metrics [][]any }
		Expect(json.Unmarshal(properties, &chart)).To(Succeed())
		all = append(all, chart.Metrics...)
	}
	return all
}
