package outputs

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ObservabilityOf is what the observability layer makes. No layer reads it. Maps are keyed by the alarm's short name.
type ObservabilityOf[S, M any] struct {
	DashboardName, DashboardARN, DashboardURL S
	AlarmNames, AlarmARNs                     M
}

// Observability holds the layer's outputs while it is deployed.
type Observability = ObservabilityOf[text, texts]

func (o *ObservabilityOf[S, M]) fields() []field[S, M] {
	return []field[S, M]{
		{key: "dashboardName", description: "Name of the dashboard", text: &o.DashboardName},
		{key: "dashboardArn", description: "ARN of the dashboard", text: &o.DashboardARN},
		{key: "dashboardUrl", description: "Where to look at the dashboard", text: &o.DashboardURL},
		{key: "alarmNames", description: "Name of an alarm", texts: &o.AlarmNames},
		{key: "alarmArns", description: "ARN of an alarm", texts: &o.AlarmARNs},
	}
}

// ExportObservability makes the values the stack's outputs.
func ExportObservability(ctx *pulumi.Context, values *Observability) {
	export(ctx, values.fields())
}

// DescribeObservability says what each output is.
func DescribeObservability() []Description {
	return describe(new(Observability).fields())
}
