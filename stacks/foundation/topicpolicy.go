package foundation

import (
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
)

// Short names of the topics.
const (
	violations = "violations"
	operations = "operations"
)

// deliveryPolicy retries a delivery over HTTP/S for most of an hour, which is AWS's limit (numRetries up to 100, at most
// 3,600 s in all): 3 times at once, 2 times after 20 s, 10 times ever slower, 5 times after 300 s. Retries of other
// protocols are fixed by AWS: an email is tried 50 times over 6 hours.
const deliveryPolicy = `{"http":{` +
	`"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":300,"numRetries":20,"numMaxDelayRetries":5,` +
	`"numNoDelayRetries":3,"numMinDelayRetries":2,"backoffFunction":"exponential"},` +
	`"disableSubscriptionOverrides":false,` +
	`"defaultThrottlePolicy":{"maxReceivesPerSecond":10}}}`

// topicPolicy refuses plain HTTP, and says who may publish: the roles of this deployment, and to operations its alarms.
func topicPolicy(env *awsenv.Env, short string) iampolicy.Document {
	arn := env.ARN("sns", env.Name(short))
	policy := iampolicy.New(iampolicy.DenyPlainHTTP("sns:Publish", arn), iampolicy.Statement{
		Sid: "FunctionsPublish", Effect: iampolicy.Allow, Principal: iampolicy.Account(env.AccountID),
		Action: []string{"sns:Publish"}, Resource: []string{arn},
		Condition: iampolicy.Condition{
			"ArnLike": {"aws:PrincipalArn": {env.GlobalARN("iam", "role/"+env.Prefix+"-*")}},
		},
	})
	if short == operations {
		policy.Statement = append(policy.Statement, iampolicy.Statement{
			Sid: "AlarmsPublish", Effect: iampolicy.Allow, Principal: iampolicy.Service("cloudwatch.amazonaws.com"),
			Action: []string{"sns:Publish"}, Resource: []string{arn}, Condition: fromAlarms(env),
		})
	}
	return policy
}
