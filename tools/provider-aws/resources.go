package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
)

// resources maps every resource type that the stacks use to its name in pulumi-aws. Property names follow the
// bridge's defaults except for the overrides here, which are those of pulumi-aws; tools/sdkcheck compares them with
// the SDK.
func resources() map[string]*tfbridge.ResourceInfo {
	return map[string]*tfbridge.ResourceInfo{
		"aws_kms_key":        resource("kms", "Key", fields{"policy": jsonDocument()}),
		"aws_kms_alias":      resource("kms", "Alias", nil),
		"aws_kms_key_policy": resource("kms", "KeyPolicy", fields{"policy": jsonDocument()}),

		"aws_s3_bucket": resource("s3", "BucketV2", bucketFields()),
		"aws_s3_bucket_server_side_encryption_configuration": resource("s3", "BucketServerSideEncryptionConfigurationV2", nil),
		"aws_s3_bucket_versioning":                           resource("s3", "BucketVersioningV2", nil),
		"aws_s3_bucket_lifecycle_configuration":              resource("s3", "BucketLifecycleConfigurationV2", lifecycleFields()),
		"aws_s3_bucket_public_access_block":                  resource("s3", "BucketPublicAccessBlock", nil),
		"aws_s3_bucket_ownership_controls":                   resource("s3", "BucketOwnershipControls", nil),
		"aws_s3_bucket_policy":                               resource("s3", "BucketPolicy", fields{"policy": jsonDocument()}),
		"aws_s3_object":                                      resource("s3", "BucketObjectv2", fields{"source": asset()}),

		"aws_sns_topic":              resource("sns", "Topic", fields{"policy": jsonDocument()}),
		"aws_sns_topic_policy":       resource("sns", "TopicPolicy", fields{"policy": jsonDocument()}),
		"aws_sns_topic_subscription": resource("sns", "TopicSubscription", fields{"topic_arn": named("topic")}),

		"aws_sqs_queue": resource("sqs", "Queue", fields{"policy": jsonDocument()}),

		"aws_iam_role":                   resource("iam", "Role", fields{"assume_role_policy": jsonDocument()}),
		"aws_iam_role_policy":            resource("iam", "RolePolicy", fields{"policy": jsonDocument()}),
		"aws_iam_role_policy_attachment": resource("iam", "RolePolicyAttachment", nil),

		"aws_config_config_rule":              resource("cfg", "Rule", nil),
		"aws_config_configuration_aggregator": resource("cfg", "ConfigurationAggregator", nil),

		"aws_lambda_function":                     resource("lambda", "Function", functionFields()),
		"aws_lambda_permission":                   resource("lambda", "Permission", fields{"function_name": named("function")}),
		"aws_lambda_function_event_invoke_config": resource("lambda", "FunctionEventInvokeConfig", nil),

		"aws_cloudwatch_log_group":    resource("cloudwatch", "LogGroup", nil),
		"aws_cloudwatch_event_rule":   resource("cloudwatch", "EventRule", nil),
		"aws_cloudwatch_event_target": resource("cloudwatch", "EventTarget", nil),
		"aws_cloudwatch_dashboard":    resource("cloudwatch", "Dashboard", fields{"dashboard_body": jsonDocument()}),
		"aws_cloudwatch_metric_alarm": resource("cloudwatch", "MetricAlarm", fields{"alarm_name": named("name")}),
	}
}

func resource(module, name string, overrides fields) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tfbridge.MakeResource(packageName, module, name), Fields: overrides}
}

// computeTagsAll makes tagsAll an output alone on every resource that has it: programs set tags, and the provider
// adds its default tags to them.
func computeTagsAll(mapped map[string]*tfbridge.ResourceInfo, types shim.ResourceMap) {
	const tagsAll = "tags_all"
	for name, info := range mapped {
		if _, has := types.Get(name).Schema().GetOk(tagsAll); !has {
			continue
		}
		if info.Fields == nil {
			info.Fields = fields{}
		}
		info.Fields[tagsAll] = computed()
	}
}
