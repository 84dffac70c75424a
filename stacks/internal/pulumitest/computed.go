package pulumitest

import "fmt"

type outputs = map[string]any

// computed says for each resource type what its id is and which outputs AWS adds to the inputs.
var computed = map[string]func(made) (string, outputs){
	"aws:kms/key:Key":             key,
	"aws:kms/alias:Alias":         alias,
	"aws:kms/keyPolicy:KeyPolicy": sameAs("keyId"),

	"aws:s3/bucketV2:BucketV2":                                                                   bucket,
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     sameAs("bucket"),
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     sameAs("bucket"),
	"aws:s3/bucketPolicy:BucketPolicy":                                                           sameAs("bucket"),
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                                               sameAs("bucket"),
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       sameAs("bucket"),
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": sameAs("bucket"),
	"aws:s3/bucketObjectv2:BucketObjectv2":                                                       object,

	"aws:sns/topic:Topic":                         topic,
	"aws:sns/topicPolicy:TopicPolicy":             sameAs("arn"),
	"aws:sns/topicSubscription:TopicSubscription": subscription,
	"aws:sqs/queue:Queue":                         queue,
	"aws:sqs/queuePolicy:QueuePolicy":             sameAs("queueUrl"),

	"aws:iam/role:Role":                                 role,
	"aws:iam/rolePolicy:RolePolicy":                     pairOf("role", ":", "name"),
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": pairOf("role", "/", "policyArn"),

	"aws:cfg/rule:Rule": configRule,
	"aws:cfg/configurationAggregator:ConfigurationAggregator": aggregator,

	"aws:lambda/function:Function":                                   function,
	"aws:lambda/permission:Permission":                               sameAs("statementId"),
	"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": sameAs("functionName"),

	"aws:cloudwatch/logGroup:LogGroup":               named("logs", "log-group:"),
	"aws:cloudwatch/eventRule:EventRule":             named("events", "rule/"),
	"aws:cloudwatch/eventTarget:EventTarget":         pairOf("rule", "-", "targetId"),
	"aws:cloudwatch/metricAlarm:MetricAlarm":         named("cloudwatch", "alarm:"),
	"aws:cloudwatch/dashboard:Dashboard":             dashboard,
	"aws:cloudwatch/logMetricFilter:LogMetricFilter": sameAs("name"),
}

// sameAs is for settings of another resource, which have that resource's id and no ARN.
func sameAs(input string) func(made) (string, outputs) {
	return func(m made) (string, outputs) { return m.text(input), nil }
}

// pairOf is for what ties two things together.
func pairOf(first, between, second string) func(made) (string, outputs) {
	return func(m made) (string, outputs) { return m.text(first) + between + m.text(second), nil }
}

// named is for resources whose id is their name and whose ARN ends with it.
func named(service, before string) func(made) (string, outputs) {
	return func(m made) (string, outputs) {
		name := m.text("name")
		return name, outputs{"name": name, "arn": m.arn(service, before+name)}
	}
}

func key(m made) (string, outputs) {
	return m.uuid(), outputs{"keyId": m.uuid(), "arn": m.arn("kms", "key/"+m.uuid())}
}

func alias(m made) (string, outputs) {
	return m.text("name"), outputs{"arn": m.arn("kms", m.text("name"))}
}

func bucket(m made) (string, outputs) {
	name := m.text("bucket")
	return name, outputs{"bucket": name, "arn": "arn:aws:s3:::" + name, "region": Region}
}

func object(m made) (string, outputs) {
	return m.text("key"), outputs{"arn": fmt.Sprintf("arn:aws:s3:::%s/%s", m.text("bucket"), m.text("key"))}
}

func topic(m made) (string, outputs) {
	arn := m.arn("sns", m.text("name"))
	return arn, outputs{"name": m.text("name"), "arn": arn, "owner": m.account}
}

func subscription(m made) (string, outputs) {
	arn := m.text("topic") + ":" + m.uuid()
	return arn, outputs{"arn": arn, "ownerId": m.account, "pendingConfirmation": m.text("protocol") == "email"}
}

func queue(m made) (string, outputs) {
	name := m.text("name")
	url := fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", Region, m.account, name)
	return url, outputs{"name": name, "url": url, "arn": m.arn("sqs", name)}
}

func role(m made) (string, outputs) {
	name := m.text("name")
	return name, outputs{
		"name": name, "arn": fmt.Sprintf("arn:aws:iam::%s:role/%s", m.account, name), "uniqueId": "AROA" + m.hash(17),
	}
}

func configRule(m made) (string, outputs) {
	id := "config-rule-" + m.hash(6)
	return m.text("name"), outputs{"name": m.text("name"), "ruleId": id, "arn": m.arn("config", "config-rule/"+id)}
}

func aggregator(m made) (string, outputs) {
	return m.text("name"), outputs{
		"name": m.text("name"), "arn": m.arn("config", "config-aggregator/config-aggregator-"+m.hash(8)),
	}
}

func function(m made) (string, outputs) {
	name := m.text("name")
	arn := m.arn("lambda", "function:"+name)
	return name, outputs{
		"name": name, "arn": arn, "version": "$LATEST", "qualifiedArn": arn + ":$LATEST",
		"invokeArn": fmt.Sprintf("arn:aws:apigateway:%s:lambda:path/2015-03-31/functions/%s/invocations", Region, arn),
	}
}

func dashboard(m made) (string, outputs) {
	name := m.text("dashboardName")
	return name, outputs{"dashboardArn": fmt.Sprintf("arn:aws:cloudwatch::%s:dashboard/%s", m.account, name)}
}
