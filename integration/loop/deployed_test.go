package loop_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// updateDeployed is the variable that lets the specs below write what they else compare.
const updateDeployed = "UPDATE_DEPLOYED"

// anyKey stands for the id of the key, which is another in each deployment.
const anyKey = "1234abcd-12ab-34cd-56ef-1234567890ab"

// deployedPolicy is a policy of the deployment, as the conformance data of the local AWS's decisions has it.
type deployedPolicy struct {
	Kind   string `json:"kind"` // identity, of a role; resource; or trust, of a role
	On     string `json:"on"`   // ARN of the role or resource
	Policy any    `json:"policy"`
}

// document reads a policy; IAM encodes its own for a URL.
func document(text *string) any {
	GinkgoHelper()
	plain := aws.ToString(text)
	if !strings.HasPrefix(plain, "{") {
		plain = must(url.QueryUnescape(plain))
	}
	id := keyARN[strings.LastIndex(keyARN, "/")+1:]
	var read any
	Expect(json.Unmarshal([]byte(strings.ReplaceAll(plain, id, anyKey)), &read)).To(Succeed(), plain)
	return read
}

// rolePolicies are those of all roles of the deployment.
func rolePolicies(ctx context.Context) []deployedPolicy {
	GinkgoHelper()
	var all []deployedPolicy
	for _, role := range must(clients.IAM.ListRoles(ctx, &iam.ListRolesInput{})).Roles {
		if !strings.HasPrefix(*role.RoleName, prefix+"-") {
			continue
		}
		all = append(all, deployedPolicy{"trust", *role.Arn, document(role.AssumeRolePolicyDocument)})
		for _, policy := range inlinePolicies(ctx, *role.RoleName) {
			all = append(all, deployedPolicy{"identity", *role.Arn, document(policy.PolicyDocument)})
		}
	}
	return all
}

// resourcePolicies are those of the key, the bucket, the topics, the queues and the functions.
func resourcePolicies(ctx context.Context) []deployedPolicy {
	GinkgoHelper()
	of := func(arn string, text *string) deployedPolicy { return deployedPolicy{"resource", arn, document(text)} }
	key := must(clients.KMS.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &keyARN, PolicyName: aws.String("default")}))
	all := []deployedPolicy{
		of(stage.ARN("kms", "key/"+anyKey), key.Policy),
		of("arn:aws:s3:::"+bucket, must(clients.S3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})).Policy),
	}
	for _, topic := range must(clients.SNS.ListTopics(ctx, &sns.ListTopicsInput{})).Topics {
		held := must(clients.SNS.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: topic.TopicArn}))
		all = append(all, of(*topic.TopicArn, aws.String(held.Attributes["Policy"])))
	}
	for _, queue := range must(clients.SQS.ListQueues(ctx, &sqs.ListQueuesInput{QueueNamePrefix: &prefix})).QueueUrls {
		held := must(clients.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: &queue, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
		}))
		all = append(all, of(held.Attributes["QueueArn"], aws.String(held.Attributes["Policy"])))
	}
	for _, function := range names.Functions() {
		held := must(clients.Lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: aws.String(full(function))}))
		permissions := of(stage.ARN("lambda", "function:"+full(function)), held.Policy)
		sortStatements(permissions.Policy)
		all = append(all, permissions)
	}
	return all
}

// sortStatements puts the statements of a function's policy in the order of their names: each is put by itself, at any time.
func sortStatements(policy any) {
	GinkgoHelper()
	statements, are := policy.(map[string]any)["Statement"].([]any)
	Expect(are).To(BeTrue())
	slices.SortFunc(statements, func(a, b any) int {
		return strings.Compare(a.(map[string]any)["Sid"].(string), b.(map[string]any)["Sid"].(string))
	})
}

// patterns are those of the deployment's EventBridge rules, by the rules' names.
func patterns(ctx context.Context) map[string]any {
	GinkgoHelper()
	all := map[string]any{}
	for _, rule := range must(clients.Events.ListRules(ctx, &eventbridge.ListRulesInput{NamePrefix: &prefix})).Rules {
		if rule.EventPattern != nil {
			all[*rule.Name] = document(rule.EventPattern)
		}
	}
	return all
}

// expectCommitted compares what is deployed with what is committed in a file of the checkout, or writes it there.
func expectCommitted(file string, deployedNow any) {
	GinkgoHelper()
	var now bytes.Buffer
	encoder := json.NewEncoder(&now)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	Expect(encoder.Encode(deployedNow)).To(Succeed())
	path := filepath.Join(deployed.Root, filepath.FromSlash(file))
	if os.Getenv(updateDeployed) != "" {
		Expect(os.WriteFile(path, now.Bytes(), 0o644)).To(Succeed())
		return
	}
	committed, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(committed).To(MatchJSON(now.Bytes()), "%s is not what the stacks deploy. Write it anew with "+
		"%s=1 go test ./integration/loop -ginkgo.focus 'conformance data', and then make the data: the README.md beside it says how.",
		file, updateDeployed)
}

var _ = Describe("The conformance data of the local AWS", func() {
	It("should have the policies that the stacks deploy", func(ctx SpecContext) {
		all := slices.Concat(rolePolicies(ctx), resourcePolicies(ctx))
		slices.SortFunc(all, func(a, b deployedPolicy) int { return strings.Compare(a.Kind+a.On, b.Kind+b.On) })
		expectCommitted("localcloud/internal/authz/conformance/deployed.json", all)
	})

	It("should have the event patterns that the stacks deploy", func(ctx SpecContext) {
		expectCommitted("localcloud/internal/eventpattern/conformance/deployed.json", patterns(ctx))
	})
})
