package localcloud_test

import (
	"encoding/json"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("What other services answer", func() {
	const ours = "arn:aws:%s:us-east-1:123456789012:"
	arn := func(service, name string) string { return strings.Replace(ours, "%s", service, 1) + name }

	It("should be what botocore's parser and KMS's model take", func(ctx SpecContext) {
		key := values{"KeyId": makeEncryptionKey(ctx)}
		checkEveryOperation(ctx, "kms", understood(ctx, "kms", []call{
			{Operation: "GetKeyRotationStatus", Parameters: key},
			{Operation: "EnableKeyRotation", Parameters: values{"KeyId": key["KeyId"], "RotationPeriodInDays": 100}},
			{Operation: "EnableKeyRotation", Parameters: values{"KeyId": key["KeyId"], "RotationPeriodInDays": 5}, code: "ValidationException"},
			{Operation: "GetKeyRotationStatus", Parameters: key},
			{Operation: "GetKeyRotationStatus", Parameters: values{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}, code: "NotFoundException"},
		}))
	})

	It("should be what botocore's parser and the model of CloudWatch Logs take", func(ctx SpecContext) {
		name, key := "/aws/"+unique("group"), makeEncryptionKey(ctx)
		checkEveryOperation(ctx, "logs", understood(ctx, "logs", []call{
			{Operation: "CreateLogGroup", Parameters: values{"logGroupName": name, "logGroupClass": "INFREQUENT_ACCESS"}},
			{Operation: "CreateLogGroup", Parameters: values{"logGroupName": name}, code: "ResourceAlreadyExistsException"},
			{Operation: "AssociateKmsKey", Parameters: values{"logGroupName": name, "kmsKeyId": key}},
			{Operation: "DescribeLogGroups", Parameters: values{"logGroupNamePrefix": name}},
			{Operation: "DisassociateKmsKey", Parameters: values{"logGroupName": name}},
			{Operation: "AssociateKmsKey", Parameters: values{"logGroupName": "nobody", "kmsKeyId": key}, code: "ResourceNotFoundException"},
			{Operation: "DeleteLogGroup", Parameters: values{"logGroupName": name}},
			{Operation: "DeleteLogGroup", Parameters: values{"logGroupName": name}, code: "ResourceNotFoundException"},
		}))
	})

	It("should be what botocore's parser and SNS's model take", func(ctx SpecContext) {
		name := unique("topic")
		topic := values{"TopicArn": arn("sns", name)}
		attribute := func(name, value string) values {
			return values{"TopicArn": topic["TopicArn"], "AttributeName": name, "AttributeValue": value}
		}
		checkEveryOperation(ctx, "sns", understood(ctx, "sns", []call{
			{Operation: "CreateTopic", Parameters: values{"Name": name, "Attributes": values{"TracingConfig": "Active", "SignatureVersion": "2"}}},
			{Operation: "SetTopicAttributes", Parameters: attribute("SignatureVersion", "1")},
			{Operation: "GetTopicAttributes", Parameters: topic},
			{Operation: "GetTopicAttributes", Parameters: values{"TopicArn": arn("sns", "nobody")}, code: "NotFound"},
			{Operation: "Publish", Parameters: values{"TopicArn": topic["TopicArn"], "Message": "m", "Subject": "s"}},
			{Operation: "Publish", Parameters: values{"TopicArn": topic["TopicArn"], "Message": "m", "Subject": "s\n"}, code: "InvalidParameter"},
			{Operation: "PublishBatch", Parameters: values{"TopicArn": topic["TopicArn"], "PublishBatchRequestEntries": []any{values{"Id": "1", "Message": "m"}}}},
			{Operation: "DeleteTopic", Parameters: topic},
		}))
	})

	It("should be what botocore's parser and SQS's model take", func(ctx SpecContext) {
		name := unique("queue")
		url := cloud.Endpoint() + "/123456789012/" + name
		redrive := values{"RedriveAllowPolicy": `{"redrivePermission":"denyAll"}`}
		checkEveryOperation(ctx, "sqs", understood(ctx, "sqs", []call{
			{Operation: "CreateQueue", Parameters: values{"QueueName": name, "Attributes": redrive}},
			{Operation: "SetQueueAttributes", Parameters: values{"QueueUrl": url, "Attributes": values{"VisibilityTimeout": "40"}}},
			{Operation: "GetQueueAttributes", Parameters: values{"QueueUrl": url, "AttributeNames": []any{"All"}}},
			{Operation: "GetQueueAttributes", Parameters: values{"QueueUrl": url + "x"}, code: "AWS.SimpleQueueService.NonExistentQueue"},
			{Operation: "DeleteQueue", Parameters: values{"QueueUrl": url}},
		}))
	})

	It("should be what botocore's parser and S3's model take", func(ctx SpecContext) {
		bucket := values{"Bucket": makeBucket(ctx)}
		with := func(name string, value any) values { return values{"Bucket": bucket["Bucket"], name: value} }
		deny := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::` +
			bucket["Bucket"].(string) + `/locked/*"}]}`
		rule := values{
			"ID": "old", "Status": "Enabled", "Filter": values{"And": values{"Prefix": "logs/", "ObjectSizeGreaterThan": 500}},
			"Expiration": values{"Days": 30}, "NoncurrentVersionExpiration": values{"NoncurrentDays": 7, "NewerNoncurrentVersions": 2},
		}
		keys := values{"Objects": []any{values{"Key": "locked/1"}, values{"Key": "open/1"}}}
		answers := understood(ctx, "s3", []call{
			{Operation: "GetBucketPolicy", Parameters: bucket, code: "NoSuchBucketPolicy"},
			{Operation: "PutBucketPolicy", Parameters: with("Policy", deny)},
			{Operation: "PutBucketPolicy", Parameters: with("Policy", "{}"), code: "MalformedPolicy"},
			{Operation: "GetBucketPolicy", Parameters: bucket},
			{Operation: "GetBucketPolicyStatus", Parameters: bucket},
			{Operation: "PutObject", Parameters: values{"Bucket": bucket["Bucket"], "Key": "open/1", "Body": octets([]byte("x"))}},
			{Operation: "DeleteObject", Parameters: with("Key", "locked/1"), code: "AccessDenied"},
			{Operation: "DeleteObjects", Parameters: with("Delete", keys)},
			{Operation: "DeleteObjects", Parameters: with("Delete", values{"Objects": []any{values{"Key": "locked/1"}}})},
			{Operation: "DeleteBucketPolicy", Parameters: bucket},
			{Operation: "GetBucketLifecycleConfiguration", Parameters: bucket, code: "NoSuchLifecycleConfiguration"},
			{Operation: "PutBucketLifecycleConfiguration", Parameters: with("LifecycleConfiguration", values{"Rules": []any{rule}})},
			{Operation: "GetBucketLifecycleConfiguration", Parameters: bucket},
			{Operation: "DeleteBucketLifecycle", Parameters: bucket},
			{Operation: "DeleteBucket", Parameters: bucket},
			{Operation: "DeleteBucket", Parameters: bucket, code: "NoSuchBucket"},
			{Operation: "GetBucketPolicy", Parameters: bucket, code: "NoSuchBucket"},
		})
		checkEveryOperation(ctx, "s3", answers)
		Expect(parsed[values](answers[7])).To(And(
			HaveKeyWithValue("Deleted", ConsistOf(HaveKeyWithValue("Key", "open/1"))),
			HaveKeyWithValue("Errors", ConsistOf(And(HaveKeyWithValue("Key", "locked/1"), HaveKeyWithValue("Code", "AccessDenied")))),
		))
	})

	It("should be what botocore's parser and CloudWatch's model take", func(ctx SpecContext) {
		name := values{"AlarmName": unique("alarm")}
		alarm := values{
			"AlarmName": name["AlarmName"], "Namespace": "Ours", "MetricName": "Things", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
			"Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
		}
		state := func(name any, value string) values {
			return values{"AlarmName": name, "StateValue": value, "StateReason": "so"}
		}
		answers := understood(ctx, "cloudwatch", []call{
			{Operation: "PutMetricAlarm", Parameters: alarm},
			{Operation: "SetAlarmState", Parameters: state(name["AlarmName"], "ALARM")},
			{Operation: "SetAlarmState", Parameters: state("nobody", "ALARM"), code: "ResourceNotFound"},
			{Operation: "DescribeAlarms", Parameters: values{"AlarmNames": []any{name["AlarmName"]}}},
			{Operation: "DescribeAlarmHistory", Parameters: name},
			{Operation: "DeleteAlarms", Parameters: values{"AlarmNames": []any{name["AlarmName"]}}},
		})
		checkEveryOperation(ctx, "cloudwatch", answers)
		Expect(parsed[values](answers[4])).To(HaveKeyWithValue("AlarmHistoryItems", Not(BeEmpty())))
	})

	It("should be what botocore's parser and EventBridge's model take", func(ctx SpecContext) {
		rule, bus, archive := values{"Name": unique("rule")}, values{"Name": unique("bus")}, values{"ArchiveName": unique("a")}
		with := func(of values, name string, value any) values {
			all := values{name: value}
			for key, value := range of {
				all[key] = value
			}
			return all
		}
		target := values{"Id": "a", "Arn": arn("sqs", "q")}
		event, err := json.Marshal(values{
			"id": "1", "account": "1", "source": "a", "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": []any{}, "detail-type": "b",
			"detail": values{"c": 1},
		})
		Expect(err).NotTo(HaveOccurred())
		answers := understood(ctx, "events", []call{
			{Operation: "PutEvents", Parameters: values{"Entries": []any{
				values{"Source": "a", "DetailType": "b", "Detail": "{}"}, values{"Source": "aws.a", "DetailType": "b", "Detail": "{}"},
			}}},
			{Operation: "TestEventPattern", Parameters: values{"EventPattern": `{"detail": {"c": [1]}}`, "Event": string(event)}},
			{Operation: "TestEventPattern", Parameters: values{"EventPattern": `{"a": []}`, "Event": string(event)}, code: "InvalidEventPatternException"},
			{Operation: "PutEvents", Parameters: values{"Entries": []any{values{"Source": "a"}}}, code: "ValidationException"},
			{Operation: "PutRule", Parameters: with(rule, "EventPattern", `{"source": ["a"]}`)},
			{Operation: "PutRule", Parameters: with(rule, "EventPattern", `{"a": []}`), code: "InvalidEventPatternException"},
			{Operation: "PutRule", Parameters: with(rule, "ScheduleExpression", "rate(1 minutes)"), code: "ValidationException"},
			{Operation: "DisableRule", Parameters: rule},
			{Operation: "EnableRule", Parameters: rule},
			{Operation: "PutTargets", Parameters: values{"Rule": rule["Name"], "Targets": []any{target}}},
			{Operation: "PutTargets", Parameters: values{"Rule": "nobody-has-it", "Targets": []any{target}}, code: "ResourceNotFoundException"},
			{Operation: "RemoveTargets", Parameters: values{"Rule": rule["Name"], "Ids": []any{"a"}}},
			{Operation: "DeleteRule", Parameters: rule},
			{Operation: "CreateEventBus", Parameters: bus},
			{Operation: "CreateArchive", Parameters: with(archive, "EventSourceArn", arn("events", "event-bus/default"))},
			{Operation: "UpdateArchive", Parameters: with(archive, "RetentionDays", 2)},
			{Operation: "DeleteArchive", Parameters: archive},
			{Operation: "DeleteEventBus", Parameters: bus},
		})
		checkEveryOperation(ctx, "events", answers)
		put := parsed[struct {
			FailedEntryCount int
			Entries          []map[string]string
		}](answers[0])
		Expect(put.FailedEntryCount).To(Equal(1))
		Expect(put.Entries).To(HaveExactElements(HaveKey("EventId"), And(HaveKey("ErrorCode"), HaveKey("ErrorMessage"))))
		Expect(parsed[values](answers[1])).To(HaveKeyWithValue("Result", true))
	})
})
