package functions

import (
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
)

// facts are the ARNs that a function's policy is made of. They follow from names, so that no role waits for a queue.
type facts struct {
	account    string
	logGroup   string // the function's own
	failures   string // queue of events that the function could not handle
	key        string
	bucket     string
	violations string // topic
	operations string // topic
	rules      string // every Config rule of the account: a rule's ARN ends in an id that AWS makes up
	fixes      []catalogue.Statement
}

func (l *layer) facts(short string) facts {
	foundation := l.upstream.Foundation
	return facts{
		account:    l.env.AccountID,
		logGroup:   l.env.ARN("logs", "log-group:"+names.LogGroup(l.env.Name(short))),
		failures:   l.env.ARN("sqs", l.env.Name(failures(short))),
		key:        foundation.KeyARN,
		bucket:     foundation.ReportsBucketARN,
		violations: foundation.ViolationsTopicARN,
		operations: foundation.OperationsTopicARN,
		rules:      l.env.ARN("config", "config-rule/*"),
		fixes:      l.fixes.statements,
	}
}

// policyOf is what the function may do: what its code calls, and what Lambda does in its name.
func policyOf(short string, f facts) iampolicy.Document {
	own := map[string]func(facts) []iampolicy.Statement{
		names.Processor: processorStatements, names.Aggregator: aggregatorStatements, names.Remediator: remediatorStatements,
	}
	return iampolicy.New(append(commonStatements(f), own[short](f)...)...)
}

// commonStatements are what every function needs. The key encrypts the bucket, the topics, the queues and the functions'
// settings.
func commonStatements(f facts) []iampolicy.Statement {
	return []iampolicy.Statement{
		allow("WriteLogs", []string{f.logGroup + ":log-stream:*"}, "logs:CreateLogStream", "logs:PutLogEvents"),
		// X-Ray's API takes no resource.
		allow("Trace", []string{"*"}, "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
		allow("KeepFailedEvents", []string{f.failures}, "sqs:SendMessage"),
		allow("UseKey", []string{f.key}, "kms:GenerateDataKey", "kms:Decrypt"),
	}
}

// processorStatements let another copy look at its event's object, and replace it only if it is as it was. Environments
// agree on floods below their prefix, and may list what is there and nothing else.
func processorStatements(f facts) []iampolicy.Statement {
	list := allow("ListFloods", []string{f.bucket}, "s3:ListBucket")
	list.Condition = iampolicy.Condition{"StringLike": {"s3:prefix": {names.FloodsPrefix + "*"}}}
	return []iampolicy.Statement{
		allow("KeepEvents", []string{f.bucket + "/" + names.EventsPrefix + "*"}, "s3:GetObject", "s3:PutObject"),
		allow("ShareFloods", []string{f.bucket + "/" + names.FloodsPrefix + "*"}, "s3:GetObject", "s3:PutObject"),
		list,
		allow("TellOfViolations", []string{f.violations}, "sns:Publish"),
	}
}

// aggregatorStatements let it list only what it looks for there. Whoever may not list a bucket is denied what is not
// there, and could not tell it from what it may not read; that question has no prefix, which the condition must admit.
func aggregatorStatements(f facts) []iampolicy.Statement {
	list := allow("ListState", []string{f.bucket}, "s3:ListBucket")
	list.Condition = iampolicy.Condition{"StringLikeIfExists": {"s3:prefix": {names.AggregatorState + "*", names.RemediationsPrefix + "*"}}}
	return []iampolicy.Statement{
		// The call lists all rules, which takes no resource.
		allow("ListRules", []string{"*"}, "config:DescribeConfigRules"),
		allow("ReadResults", []string{f.rules}, "config:GetComplianceDetailsByConfigRule"),
		allow("ReadWhatIsReported", []string{f.bucket + "/" + names.ExemptionsKey, f.bucket + "/" + names.RemediationsPrefix + "*"}, "s3:GetObject"),
		allow("WriteReports", []string{f.bucket + "/" + names.ReportsPrefix + "*"}, "s3:PutObject"),
		allow("KeepState", []string{f.bucket + "/" + names.AggregatorState + "*"}, "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
		list,
		allow("TellOfChanges", []string{f.violations}, "sns:Publish"),
	}
}

// remediatorStatements end with those of the remediations that are on.
func remediatorStatements(f facts) []iampolicy.Statement {
	statements := []iampolicy.Statement{
		allow("ReadExemptions", []string{f.bucket + "/" + names.ExemptionsKey}, "s3:GetObject"),
		allow("KeepRecords", []string{
			f.bucket + "/" + names.RemediationsPrefix + "*", f.bucket + "/" + names.BreakerPrefix + "*", f.bucket + "/" + names.FixesPrefix + "*",
		}, "s3:GetObject", "s3:PutObject"),
		tellMissing(f.bucket, names.RemediationsPrefix, names.BreakerPrefix, names.FixesPrefix),
		allow("TellOfRemediations", []string{f.operations}, "sns:Publish"),
		allow("ReadResultsAndEvaluateAgain", []string{f.rules},
			"config:GetComplianceDetailsByConfigRule", "config:StartConfigRulesEvaluation"),
	}
	for _, fix := range f.fixes {
		statement := allow(fix.Sid, fix.Resources, fix.Actions...)
		if !fix.Unbound() {
			// The patterns of some ARNs, such as a bucket's, hold no account.
			statement.Condition = iampolicy.Condition{"StringEquals": {"aws:ResourceAccount": {f.account}}}
		}
		statements = append(statements, statement)
	}
	return statements
}

// tellMissing lets S3 tell an object that is not there from one that may not be read: without the right to list, it answers
// AccessDenied to both. Keys are asked for one by one, which is a request without a prefix. A list of keys below other
// prefixes stays refused.
func tellMissing(bucket string, prefixes ...string) iampolicy.Statement {
	statement := allow("TellMissingFromForbidden", []string{bucket}, "s3:ListBucket")
	below := make([]string, 0, len(prefixes))
	for _, prefix := range prefixes {
		below = append(below, prefix+"*")
	}
	statement.Condition = iampolicy.Condition{"StringLikeIfExists": {"s3:prefix": below}}
	return statement
}

func allow(sid string, resources []string, actions ...string) iampolicy.Statement {
	return iampolicy.Statement{Sid: sid, Effect: iampolicy.Allow, Action: actions, Resource: resources}
}
