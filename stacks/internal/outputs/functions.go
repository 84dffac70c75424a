package outputs

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// FunctionsOf is what the functions layer makes. Maps are keyed by the function's short name, or by function and source
// of events ("aggregator-schedule").
type FunctionsOf[S, M any] struct {
	FunctionNames, FunctionARNs      M
	FunctionTimeouts                 M // seconds
	RoleNames, RoleARNs              M
	LogGroupNames, LogGroupARNs      M
	EventRuleNames, EventRuleARNs    M
	QueueNames, QueueARNs, QueueURLs M
	ExemptionsKey, ExemptionsARN     S
}

// Functions holds the layer's outputs while it is deployed.
type Functions = FunctionsOf[text, texts]

// FunctionsValues holds the layer's outputs as a later layer reads them.
type FunctionsValues = FunctionsOf[string, map[string]string]

func (f *FunctionsOf[S, M]) fields() []field[S, M] {
	return []field[S, M]{
		{key: "functionNames", description: "Name of a function", texts: &f.FunctionNames},
		{key: "functionArns", description: "ARN of a function", texts: &f.FunctionARNs},
		{key: "functionTimeouts", description: "Time-out of a function, in seconds", texts: &f.FunctionTimeouts},
		{key: "roleNames", description: "Name of a function's execution role", texts: &f.RoleNames},
		{key: "roleArns", description: "ARN of a function's execution role", texts: &f.RoleARNs},
		{key: "logGroupNames", description: "Name of a function's log group", texts: &f.LogGroupNames},
		{key: "logGroupArns", description: "ARN of a function's log group", texts: &f.LogGroupARNs},
		{key: "eventRuleNames", description: "Name of an EventBridge rule", texts: &f.EventRuleNames},
		{key: "eventRuleArns", description: "ARN of an EventBridge rule", texts: &f.EventRuleARNs},
		{key: "queueNames", description: "Name of a dead-letter queue", texts: &f.QueueNames},
		{key: "queueArns", description: "ARN of a dead-letter queue", texts: &f.QueueARNs},
		{key: "queueUrls", description: "URL of a dead-letter queue", texts: &f.QueueURLs},
		{key: "exemptionsKey", description: "Key of the exemptions object in the reports bucket", text: &f.ExemptionsKey},
		{key: "exemptionsArn", description: "ARN of the exemptions object", text: &f.ExemptionsARN},
	}
}

// ExportFunctions makes the values the stack's outputs.
func ExportFunctions(ctx *pulumi.Context, values *Functions) {
	export(ctx, values.fields())
}

// ReadFunctions reads the layer's outputs; where one is missing, a MissingError says what to do.
func ReadFunctions(ctx *pulumi.Context) (FunctionsValues, error) {
	var values FunctionsValues
	err := read(ctx, LayerFunctions, values.fields())
	return values, err
}

// DescribeFunctions says what each output is.
func DescribeFunctions() []Description {
	return describe(new(Functions).fields())
}
