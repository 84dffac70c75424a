package observability

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// Statistics and comparisons of alarms, as CloudWatch spells them.
const (
	sum     = "Sum"
	maximum = "Maximum"
	minimum = "Minimum"

	atLeast = "GreaterThanOrEqualToThreshold"
	above   = "GreaterThanThreshold"
	below   = "LessThanThreshold"
)

// What an alarm makes of a period without data.
const (
	missingIsGood = "notBreaching" // the metric only exists when something happened
	missingIsBad  = "breaching"    // the metric is a sign of life
	missingIsSame = "ignore"       // the metric comes now and then, and holds until the next one
)

const (
	fiveMinutes = 300
	hour        = 3600
)

// alarm is one alarm, as data.
type alarm struct {
	short      string // its name without the prefix
	purpose    string // its tag
	meaning    string // what it means and what to do: people read it in the mail
	metric     metric
	statistic  string
	comparison string
	threshold  float64
	period     int  // seconds
	periods    int  // how many in a row have to breach
	gapsBreach bool // a period without data breaches even between ones with data
	missing    string
}

// makeAlarms makes the alarms. Each tells the operations topic when it rings and when it stops.
func makeAlarms(
	ctx *pulumi.Context, env *awsenv.Env, topic string, all []alarm, values *outputs.Observability,
) error {
	alarmNames, arns := pulumi.StringMap{}, pulumi.StringMap{}
	for _, one := range all {
		args := one.args()
		args.Name = pulumi.String(env.Name(one.short))
		args.AlarmActions = pulumi.Array{pulumi.String(topic)}
		args.OkActions = pulumi.Array{pulumi.String(topic)}
		args.Tags = env.Tags(one.purpose)
		made, err := cloudwatch.NewMetricAlarm(ctx, one.short, args, env.Options()...)
		if err != nil {
			return fmt.Errorf("making the alarm %s: %w", one.short, err)
		}
		alarmNames[one.short], arns[one.short] = made.Name, made.Arn
	}
	values.AlarmNames, values.AlarmARNs = alarmNames.ToStringMapOutput(), arns.ToStringMapOutput()
	return nil
}

// args are the alarm's arguments but for its name, actions and tags.
func (a alarm) args() *cloudwatch.MetricAlarmArgs {
	args := &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(a.meaning),
		ComparisonOperator: pulumi.String(a.comparison),
		Threshold:          pulumi.Float64(a.threshold),
		EvaluationPeriods:  pulumi.Int(a.periods),
		DatapointsToAlarm:  pulumi.Int(a.periods),
		TreatMissingData:   pulumi.String(a.missing),
	}
	if a.gapsBreach {
		args.MetricQueries = a.filled()
		return args
	}
	args.Namespace = pulumi.String(a.metric.namespace)
	args.MetricName = pulumi.String(a.metric.name)
	args.Dimensions = a.dimensions()
	args.Statistic = pulumi.String(a.statistic)
	args.Period = pulumi.Int(a.period)
	return args
}

// filled puts a breaching value where the metric has none. An alarm on the metric itself would look further back than its
// periods for data, and ring hours late.
func (a alarm) filled() cloudwatch.MetricAlarmMetricQueryArray {
	return cloudwatch.MetricAlarmMetricQueryArray{
		cloudwatch.MetricAlarmMetricQueryArgs{
			Id:         pulumi.String("measured"),
			ReturnData: pulumi.Bool(false),
			Metric: cloudwatch.MetricAlarmMetricQueryMetricArgs{
				Namespace:  pulumi.String(a.metric.namespace),
				MetricName: pulumi.String(a.metric.name),
				Dimensions: a.dimensions(),
				Stat:       pulumi.String(a.statistic),
				Period:     pulumi.Int(a.period),
			},
		},
		cloudwatch.MetricAlarmMetricQueryArgs{
			Id:         pulumi.String("filled"),
			Label:      pulumi.String(a.metric.name),
			Expression: pulumi.Sprintf("FILL(measured, %.0f)", a.threshold+1),
			ReturnData: pulumi.Bool(true),
		},
	}
}

func (a alarm) dimensions() pulumi.StringMap {
	dimensions := pulumi.StringMap{}
	for _, d := range a.metric.dimensions {
		dimensions[d.name] = pulumi.String(d.value)
	}
	return dimensions
}
