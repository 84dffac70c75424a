package outputs

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// FoundationOf is what the foundation layer makes, and what every layer agrees on.
type FoundationOf[S, M any] struct {
	Project, Environment, Prefix, AccountID, Region, Local S
	Tags                                                   M
	KeyARN, KeyID, KeyAliasARN, KeyAliasName               S
	ReportsBucketARN, ReportsBucketName                    S
	ViolationsTopicARN, ViolationsTopicName                S
	OperationsTopicARN, OperationsTopicName                S
	DeliveriesDLQARN, DeliveriesDLQURL, DeliveriesDLQName  S
	ViolationsSubscriptionARNs, OperationsSubscriptionARNs M
	ConfigRoleARN, ConfigRoleName                          S
}

// Foundation holds the layer's outputs while it is deployed.
type Foundation = FoundationOf[text, texts]

// FoundationValues holds the layer's outputs as a later layer reads them.
type FoundationValues = FoundationOf[string, map[string]string]

func (f *FoundationOf[S, M]) fields() []field[S, M] {
	return []field[S, M]{
		{key: "project", description: "Project name, the value of the Project tag", text: &f.Project},
		{key: "environment", description: "Environment, the value of the Environment tag", text: &f.Environment},
		{key: "prefix", description: "What every resource name starts with", text: &f.Prefix},
		{key: "accountId", description: "AWS account that is watched", text: &f.AccountID},
		{key: "region", description: "AWS region that is watched", text: &f.Region},
		{key: "local", description: "Whether the stack stands on a local AWS, true or false", text: &f.Local},
		{key: "tags", description: "Tags on every resource beside Purpose", texts: &f.Tags},
		{key: "keyArn", description: "ARN of the customer managed key that encrypts everything", text: &f.KeyARN},
		{key: "keyId", description: "Id of the customer managed key", text: &f.KeyID},
		{key: "keyAliasArn", description: "ARN of the key's alias", text: &f.KeyAliasARN},
		{key: "keyAliasName", description: "Name of the key's alias", text: &f.KeyAliasName},
		{key: "reportsBucketArn", description: "ARN of the bucket of reports, events and records", text: &f.ReportsBucketARN},
		{key: "reportsBucketName", description: "Name of the bucket of reports, events and records", text: &f.ReportsBucketName},
		{key: "violationsTopicArn", description: "ARN of the topic that tells of violations", text: &f.ViolationsTopicARN},
		{key: "violationsTopicName", description: "Name of the topic that tells of violations", text: &f.ViolationsTopicName},
		{key: "operationsTopicArn", description: "ARN of the topic that alarms go to", text: &f.OperationsTopicARN},
		{key: "operationsTopicName", description: "Name of the topic that alarms go to", text: &f.OperationsTopicName},
		{key: "deliveriesDlqArn", description: "ARN of the queue of messages that no subscriber took", text: &f.DeliveriesDLQARN},
		{key: "deliveriesDlqUrl", description: "URL of the queue of messages that no subscriber took", text: &f.DeliveriesDLQURL},
		{key: "deliveriesDlqName", description: "Name of the queue of messages that no subscriber took", text: &f.DeliveriesDLQName},
		{key: "violationsSubscriptionArns", description: "ARN of a subscription to the violations topic", texts: &f.ViolationsSubscriptionARNs},
		{key: "operationsSubscriptionArns", description: "ARN of a subscription to the operations topic", texts: &f.OperationsSubscriptionARNs},
		{key: "configRoleArn", description: "ARN of the service role for AWS Config", text: &f.ConfigRoleARN},
		{key: "configRoleName", description: "Name of the service role for AWS Config", text: &f.ConfigRoleName},
	}
}

// ExportFoundation makes the values the stack's outputs.
func ExportFoundation(ctx *pulumi.Context, values *Foundation) {
	export(ctx, values.fields())
}

// ReadFoundation reads the layer's outputs; where one is missing, a MissingError says what to do.
func ReadFoundation(ctx *pulumi.Context) (FoundationValues, error) {
	var values FoundationValues
	err := read(ctx, LayerFoundation, values.fields())
	return values, err
}

// DescribeFoundation says what each output is.
func DescribeFoundation() []Description {
	return describe(new(Foundation).fields())
}
