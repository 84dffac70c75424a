"""The processor as one writes it in Python: keep the event by a conditional write, tell people, mark it."""
import datetime
import hashlib
import json
import os
import time
import urllib.parse

import boto3
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
sns = boto3.client("sns")
BUCKET = os.environ["COMPLIANCE_REPORTS_BUCKET"]
TOPIC = os.environ["COMPLIANCE_VIOLATIONS_TOPIC"]
PREFIX = os.environ["COMPLIANCE_PREFIX"]


def metric(name):
    print(json.dumps({
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [{
                "Namespace": "ComplianceMonitor", "Dimensions": [["Deployment"]], "Metrics": [{"Name": name, "Unit": "Count"}],
            }],
        },
        "Deployment": PREFIX, name: 1,
    }), flush=True)


def body(record):
    query = urllib.parse.urlencode({"resourceId": record["resourceId"], "resourceType": record["resourceType"]})
    region = record["region"]
    return "\n".join([
        "A resource violates a compliance rule.", "",
        f"Rule:       {record['rule']}",
        f"Resource:   {record['resourceType']} {record['resourceId']}",
        f"Account:    {record['account']}",
        f"Region:     {region}",
        f"Since:      {record['orderingTimestamp']}",
        f"Is:         {record['compliance']}", "",
        "Timeline in the console:",
        f"https://{region}.console.aws.amazon.com/config/home?region={region}#/resources/timeline?{query}", "",
        f"Sent by {PREFIX}.",
    ])


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


def handler(event, _context):
    detail = event.get("detail") or {}
    result = detail.get("newEvaluationResult")
    rule = detail.get("configRuleName", "")
    ours = rule.startswith(PREFIX + "-") and detail.get("messageType") == "ComplianceChangeNotification"
    if event.get("source") != "aws.config" or not result or not ours:
        metric("IgnoredEvents")
        return None
    ordering = result["evaluationResultIdentifier"]["orderingTimestamp"]
    identity = "\0".join([rule, detail["resourceType"], detail["resourceId"], ordering])
    record = {
        "schemaVersion": 1, "id": hashlib.sha256(identity.encode()).hexdigest()[:32], "rule": rule[len(PREFIX) + 1:],
        "resourceType": detail["resourceType"], "resourceId": detail["resourceId"], "account": detail["awsAccountId"],
        "region": detail["awsRegion"], "compliance": result["complianceType"], "orderingTimestamp": ordering,
        "receivedAt": now(), "notification": {"delivery": "pending"}, "event": event,
    }
    key = f"events/{ordering[:10].replace('-', '/')}/{record['id']}.json"

    def put(**condition):
        return s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(record), ContentType="application/json", **condition)["ETag"]

    try:
        etag = put(IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        found = s3.get_object(Bucket=BUCKET, Key=key)
        if json.load(found["Body"])["notification"]["delivery"] != "pending":
            metric("DuplicateEvents")
            return None
        etag = found["ETag"]
    message = sns.publish(
        TopicArn=TOPIC, Subject=f"violation: {record['rule']} on {record['resourceId']}"[:99], Message=body(record),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": record[name]} for name in ("rule", "resourceType", "compliance")
        },
    )
    record["notification"] = {"delivery": "sent", "sentAt": now(), "messageId": message["MessageId"]}
    put(IfMatch=etag)
    metric("EventsProcessed")
    return None
