package localcloud_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// decision is what GET /_localcloud/authorizations tells.
type decision struct {
	Action, Resource, Decision, Sid string
	Times                           int
}

// unique makes a name that no other spec has.
func unique(kind string) string {
	return fmt.Sprintf("%s-%d-%s", kind, GinkgoRandomSeed(), strings.ToLower(rand.Text()[:8]))
}

// makeEncryptionKey makes a key and gives its ARN.
func makeEncryptionKey(ctx context.Context) string {
	GinkgoHelper()
	made, err := kms.NewFromConfig(client).CreateKey(ctx, &kms.CreateKeyInput{})
	Expect(err).NotTo(HaveOccurred())
	return *made.KeyMetadata.Arn
}

// assumedRole makes a role that may do nothing, and assumes it.
func assumedRole(ctx context.Context) (string, *ststypes.Credentials) {
	GinkgoHelper()
	name := unique("role")
	_, err := iam.NewFromConfig(client).CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)})
	Expect(err).NotTo(HaveOccurred())
	assumed, err := sts.NewFromConfig(client).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::123456789012:role/" + name), RoleSessionName: aws.String("session"),
	})
	Expect(err).NotTo(HaveOccurred())
	return name, assumed.Credentials
}

var _ = Describe("A role", func() {
	var (
		role    string
		session aws.Config
		bucket  string
	)

	BeforeEach(func(ctx SpecContext) {
		var of *ststypes.Credentials
		role, of = assumedRole(ctx)
		bucket = makeBucket(ctx)
		session = client.Copy()
		session.Credentials = credentials.NewStaticCredentialsProvider(*of.AccessKeyId, *of.SecretAccessKey, *of.SessionToken)
		session.RetryMaxAttempts = 1
	})

	// may puts the statements into the role's policy; BUCKET stands for the bucket.
	may := func(ctx context.Context, statements string) {
		GinkgoHelper()
		text := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[%s]}`, strings.ReplaceAll(statements, "BUCKET", bucket))
		_, err := iam.NewFromConfig(client).PutRolePolicy(ctx, &iam.PutRolePolicyInput{
			RoleName: &role, PolicyName: aws.String("policy"), PolicyDocument: &text,
		})
		Expect(err).NotTo(HaveOccurred())
	}
	buckets := func() *s3.Client { return s3.NewFromConfig(session, func(o *s3.Options) { o.UsePathStyle = true }) }
	put := func(ctx context.Context, key string) error {
		_, err := buckets().PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x")})
		return err
	}
	get := func(ctx context.Context, key string) error {
		_, err := buckets().GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		return err
	}
	decisions := func(ctx context.Context) []decision {
		GinkgoHelper()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, cloud.Endpoint()+"/_localcloud/authorizations?role="+role, nil)
		Expect(err).NotTo(HaveOccurred())
		response, err := plain.Do(request)
		Expect(err).NotTo(HaveOccurred())
		defer response.Body.Close()
		var found []decision
		Expect(json.NewDecoder(response.Body).Decode(&found)).To(Succeed())
		return found
	}

	It("should do nothing that no policy allows, and what one does, as soon as it does", func(ctx SpecContext) {
		Expect(put(ctx, "events/1")).To(code("AccessDenied"))
		may(ctx, `{"Sid":"KeepEvents","Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::BUCKET/events/*"}`)
		Expect(put(ctx, "events/1")).To(Succeed())
		Expect(get(ctx, "events/1")).To(Succeed())
		Expect(put(ctx, "reports/1")).To(code("AccessDenied"))
		Expect(decisions(ctx)).To(ConsistOf(
			decision{"s3:PutObject", "arn:aws:s3:::" + bucket + "/events/1", "implicitDeny", "", 1},
			decision{"s3:PutObject", "arn:aws:s3:::" + bucket + "/events/1", "allowed", "KeepEvents", 1},
			decision{"s3:GetObject", "arn:aws:s3:::" + bucket + "/events/1", "allowed", "KeepEvents", 1},
			decision{"s3:PutObject", "arn:aws:s3:::" + bucket + "/reports/1", "implicitDeny", "", 1},
		))
	})

	It("should learn that an object does not exist only if it may list the bucket", func(ctx SpecContext) {
		may(ctx, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}`)
		Expect(get(ctx, "state/none")).To(code("AccessDenied"))
		may(ctx, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"},
			{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::BUCKET","Condition":{"StringLikeIfExists":{"s3:prefix":"state/*"}}}`)
		Expect(get(ctx, "state/none")).To(code("NoSuchKey"))
	})

	It("should need the key of an encrypted bucket", func(ctx SpecContext) {
		key := makeEncryptionKey(ctx)
		objects := `{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::BUCKET/*"}`
		may(ctx, objects)
		Expect(put(ctx, "before")).To(Succeed(), "as long as it is not encrypted")
		_, err := pathStyle().PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
			Bucket: &bucket, ServerSideEncryptionConfiguration: &s3types.ServerSideEncryptionConfiguration{Rules: []s3types.ServerSideEncryptionRule{{
				ApplyServerSideEncryptionByDefault: &s3types.ServerSideEncryptionByDefault{SSEAlgorithm: "aws:kms", KMSMasterKeyID: &key},
			}}},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(put(ctx, "1")).To(code("AccessDenied"))
		may(ctx, objects+`,{"Effect":"Allow","Action":"kms:GenerateDataKey","Resource":"`+key+`"}`)
		Expect(put(ctx, "1")).To(Succeed())
		Expect(get(ctx, "1")).To(code("AccessDenied"))
		may(ctx, objects+`,{"Effect":"Allow","Action":"kms:Decrypt","Resource":"`+key+`"}`)
		Expect(get(ctx, "1")).To(Succeed())
	})

	It("should need the policy of a key to let it, or its account, at the key", func(ctx SpecContext) {
		key := makeEncryptionKey(ctx)
		describe := func(key string) error {
			_, err := kms.NewFromConfig(session).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &key})
			return err
		}
		let := func(principal string) {
			text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"kms:*","Resource":"*"}]}`
			Expect(kms.NewFromConfig(client).PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{
				KeyId: &key, PolicyName: aws.String("default"), Policy: &text,
			})).Error().NotTo(HaveOccurred())
		}
		let("arn:aws:iam::123456789012:role/" + role)
		Expect(describe(key)).To(Succeed(), "without a policy of its own")
		may(ctx, `{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}`)
		let("arn:aws:iam::123456789012:user/somebody")
		Expect(describe(key)).To(code("AccessDeniedException"))
		let("arn:aws:iam::123456789012:root")
		Expect(describe(key)).To(Succeed())
		Expect(describe("1234abcd-12ab-34cd-56ef-1234567890ab")).To(code("NotFoundException"))
		Expect(decisions(ctx)).To(ContainElement(decision{"kms:DescribeKey", key, "implicitDeny", "", 1}))
	})

	It("should be denied what its policy or the bucket's denies, whatever else allows it", func(ctx SpecContext) {
		may(ctx, `{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::*/locked/*"}`)
		Expect(put(ctx, "open/1")).To(Succeed())
		Expect(put(ctx, "locked/1")).To(code("AccessDenied"))
		text := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::` + bucket + `/*"}]}`
		Expect(pathStyle().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &text})).Error().NotTo(HaveOccurred())
		Expect(put(ctx, "open/1")).To(code("AccessDenied"))
	})

	It("should be let in by a bucket policy that names it, but not by one that names its account", func(ctx SpecContext) {
		let := func(principal string) {
			text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::` + bucket + `/*"}]}`
			Expect(pathStyle().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &text})).Error().NotTo(HaveOccurred())
		}
		let("arn:aws:iam::123456789012:root")
		Expect(put(ctx, "1")).To(code("AccessDenied"))
		let("arn:aws:iam::123456789012:role/" + role)
		Expect(put(ctx, "1")).To(Succeed())
	})

	It("should need permission for calls of every protocol, and be denied in each one's manner", func(ctx SpecContext) {
		queue, err := sqs.NewFromConfig(client).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(unique("queue"))})
		Expect(err).NotTo(HaveOccurred())
		topic, err := sns.NewFromConfig(client).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String(unique("topic"))})
		Expect(err).NotTo(HaveOccurred())
		calls := []struct {
			action, denied string
			call           func() error
		}{
			{"sns:Publish", "AuthorizationError", func() error {
				_, err := sns.NewFromConfig(session).Publish(ctx, &sns.PublishInput{TopicArn: topic.TopicArn, Message: aws.String("m")})
				return err
			}},
			{"sqs:SendMessage", "AccessDenied", func() error {
				_, err := sqs.NewFromConfig(session).SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: queue.QueueUrl, MessageBody: aws.String("m")})
				return err
			}},
			{"config:DescribeConfigRules", "AccessDeniedException", func() error {
				_, err := configservice.NewFromConfig(session).DescribeConfigRules(ctx, &configservice.DescribeConfigRulesInput{})
				return err
			}},
			{"iam:GetAccountPasswordPolicy", "AccessDenied", func() error {
				_, err := iam.NewFromConfig(session).GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
				if err != nil && strings.Contains(err.Error(), "NoSuchEntity") {
					return nil
				}
				return err
			}},
			{"kms:ListAliases", "AccessDeniedException", func() error {
				_, err := kms.NewFromConfig(session).ListAliases(ctx, &kms.ListAliasesInput{})
				return err
			}},
		}
		may(ctx, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`)
		for _, one := range calls {
			Expect(one.call()).To(code(one.denied), one.action)
		}
		for _, one := range calls {
			may(ctx, `{"Effect":"Allow","Action":"`+one.action+`","Resource":"*"}`)
			Expect(one.call()).To(Succeed(), one.action)
		}
	})
})
