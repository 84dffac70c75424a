"""The aggregator as one writes it in Python: page through all results of our rules, keep each, count, write the report."""
import collections
import datetime
import gzip
import json
import os
import tempfile

import boto3

config = boto3.client("config")
s3 = boto3.client("s3")
BUCKET = os.environ["COMPLIANCE_REPORTS_BUCKET"]
PREFIX = os.environ["COMPLIANCE_PREFIX"]


def results(rule):
    pages = config.get_paginator("get_compliance_details_by_config_rule")
    for page in pages.paginate(ConfigRuleName=rule, PaginationConfig={"PageSize": 100}):
        yield from page["EvaluationResults"]


def handler(_event, _context):
    counts, resources = collections.Counter(), collections.defaultdict(set)
    at = datetime.datetime.now(datetime.timezone.utc)
    folder = at.strftime("reports/%Y/%m/%d/%H%M%SZ/")
    with tempfile.TemporaryFile() as file:
        with gzip.open(file, "wt") as lines:
            for described in config.get_paginator("describe_config_rules").paginate():
                for rule in described["ConfigRules"]:
                    name = rule["ConfigRuleName"]
                    if not name.startswith(PREFIX + "-"):
                        continue
                    for result in results(name):
                        qualifier = result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
                        counts[name, result["ComplianceType"]] += 1
                        resources[result["ComplianceType"]].add((qualifier["ResourceType"], qualifier["ResourceId"]))
                        lines.write(json.dumps({
                            "rule": name[len(PREFIX) + 1:], "resourceType": qualifier["ResourceType"],
                            "resourceId": qualifier["ResourceId"], "compliance": result["ComplianceType"],
                            "recorded": result["ResultRecordedTime"].isoformat(),
                        }) + "\n")
        file.seek(0)
        s3.put_object(Bucket=BUCKET, Key=folder + "results.ndjson.gz", Body=file, ContentType="application/gzip")
    compliant = sum(count for (_, kind), count in counts.items() if kind == "COMPLIANT")
    summary = json.dumps({
        "score": 100 * compliant / max(1, sum(counts.values())),
        "rules": [{"rule": rule, "compliance": kind, "count": count} for (rule, kind), count in sorted(counts.items())],
        "resources": {kind: len(found) for kind, found in resources.items()},
    })
    for key in (folder + "summary.json", "reports/latest.json"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=summary, ContentType="application/json")
    return None
