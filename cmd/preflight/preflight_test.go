package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// account is an AWS account as the preflight sees it. It counts the questions about its recorder.
type account struct {
	id            string
	identityErr   error
	recorders     []types.ConfigurationRecorderStatus
	recorderErr   error
	rules         []string
	rulesErr      error
	rulesOnAPage  int
	recorderCalls int
}

func (a *account) GetCallerIdentity(
	context.Context, *sts.GetCallerIdentityInput, ...func(*sts.Options),
) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{
		Account: aws.String(a.id), Arn: aws.String("arn:aws:iam::" + a.id + ":user/ada"),
	}, a.identityErr
}

func (a *account) DescribeConfigurationRecorderStatus(
	context.Context, *configservice.DescribeConfigurationRecorderStatusInput, ...func(*configservice.Options),
) (*configservice.DescribeConfigurationRecorderStatusOutput, error) {
	a.recorderCalls++
	return &configservice.DescribeConfigurationRecorderStatusOutput{ConfigurationRecordersStatus: a.recorders}, a.recorderErr
}

func (a *account) DescribeConfigRules(
	_ context.Context, in *configservice.DescribeConfigRulesInput, _ ...func(*configservice.Options),
) (*configservice.DescribeConfigRulesOutput, error) {
	if a.rulesErr != nil {
		return nil, a.rulesErr
	}
	start, _ := strconv.Atoi(aws.ToString(in.NextToken))
	var page configservice.DescribeConfigRulesOutput
	for i := start; i < len(a.rules) && i < start+a.rulesOnAPage; i++ {
		page.ConfigRules = append(page.ConfigRules, types.ConfigRule{ConfigRuleName: aws.String(a.rules[i])})
	}
	if start+a.rulesOnAPage < len(a.rules) {
		page.NextToken = aws.String(strconv.Itoa(start + a.rulesOnAPage))
	}
	return &page, nil
}

func (a *account) hasRules(prefix string, count int) {
	for i := range count {
		a.rules = append(a.rules, fmt.Sprintf("%srule-%d", prefix, i))
	}
}

// answers is an error as the SDK wraps what AWS answers.
func answers(code, message string) error {
	return &smithy.OperationError{ServiceID: "STS", OperationName: "Op", Err: fmt.Errorf("https response error: %w",
		&smithy.GenericAPIError{Code: code, Message: message})}
}

var _ = Describe("The preflight", func() {
	var aws1 *account
	want := Expectations{Stack: "prod", AccountID: "111111111111", Prefix: "monitor-prod-", Rules: 20}

	BeforeEach(func() {
		aws1 = &account{
			id: "111111111111", rulesOnAPage: 25,
			recorders: []types.ConfigurationRecorderStatus{{Name: aws.String("default"), Recording: true}},
		}
	})

	check := func() error { return Check(context.Background(), aws1, aws1, want) }

	It("should pass an account that is ready", func() {
		Expect(check()).To(Succeed())
	})

	It("should pass any account where the settings name none", func() {
		Expect(Check(context.Background(), aws1, aws1, Expectations{Stack: "local"})).To(Succeed())
	})

	DescribeTable("should say what is wrong with credentials, and what to do",
		func(err error, said, todo string) {
			aws1.identityErr = err
			Expect(check()).To(MatchError(And(ContainSubstring(said), ContainSubstring(todo))))
			Expect(aws1.recorderCalls).To(BeZero())
		},
		Entry("that have expired", answers("ExpiredToken", "The security token included in the request is expired"),
			"the AWS credentials have expired (The security token included in the request is expired)", "aws sso login"),
		Entry("that have expired, as newer services say it", answers("ExpiredTokenException", "Token expired"), "have expired (Token expired)",
			"run the same command again"),
		Entry("that AWS does not know", answers("InvalidClientTokenId", "The security token included in the request is invalid."),
			"AWS does not accept the credentials", "check AWS_ACCESS_KEY_ID"),
		Entry("with a wrong secret", answers("SignatureDoesNotMatch", "The request signature we calculated does not match"),
			"AWS does not accept the credentials", "AWS_SECRET_ACCESS_KEY"),
		Entry("that are not there", &smithy.OperationError{Err: errors.New("failed to refresh cached credentials, no EC2 IMDS role found")},
			"finding AWS credentials: failed to refresh cached credentials", "'aws configure'"),
		Entry("of a sign-in that has expired", &smithy.OperationError{Err: &ssocreds.InvalidTokenError{Err: errors.New("no such file")}},
			"the SSO session has expired or is invalid", "'aws sso login'"),
		Entry("that may not even ask", answers("AccessDenied", "explicit deny"), "AccessDenied: explicit deny", "sts:GetCallerIdentity"),
		Entry("when AWS asks for patience", answers("Throttling", "Rate exceeded"), "Throttling: Rate exceeded", "wait a minute"),
		Entry("when AWS is out of order", answers("InternalFailure", "oh"), "InternalFailure: oh", "run the same command again"),
		Entry("when AWS can't be reached", &smithy.OperationError{Err: &smithyhttp.RequestSendError{
			Err: &url.Error{Op: "Post", URL: "https://sts.us-east-1.amazonaws.com/", Err: syscall.ECONNREFUSED},
		}}, "AWS can't be reached", "check the network"),
	)

	It("should tell an interruption from an error", func() {
		aws1.identityErr = &smithy.OperationError{Err: context.Canceled}
		Expect(check()).To(MatchError(context.Canceled))
	})

	It("should say each thing in one line", func() {
		aws1.identityErr = answers("ExpiredToken", "expired")
		Expect(check().Error()).NotTo(ContainSubstring("\n"))
	})

	It("should refuse another account than the stack expects, and name both", func() {
		aws1.id = "222222222222"
		Expect(check()).To(MatchError(And(
			ContainSubstring("arn:aws:iam::222222222222:user/ada"), ContainSubstring("belong to account 222222222222"),
			ContainSubstring("stack prod expects account 111111111111"), ContainSubstring("stacks/foundation/Pulumi.prod.yaml"),
		)))
		Expect(aws1.recorderCalls).To(BeZero())
	})

	It("should return the account where only that is asked for", func() {
		Expect(CheckAccount(context.Background(), aws1, want)).To(Equal("111111111111"))
		Expect(aws1.recorderCalls).To(BeZero())
	})

	Context("about the recorder", func() {
		It("should say how to get one where there is none", func() {
			aws1.recorders = nil
			Expect(check()).To(MatchError(And(ContainSubstring("account 111111111111 has no AWS Config recorder"),
				ContainSubstring("set up AWS Config in the console"), ContainSubstring("docs/operations.md"))))
		})

		It("should say how to start one that is stopped", func() {
			aws1.recorders[0].Recording = false
			Expect(check()).To(MatchError(ContainSubstring(
				"'aws configservice start-configuration-recorder --configuration-recorder-name default'")))
		})

		It("should be content with one that records among others", func() {
			aws1.recorders = append([]types.ConfigurationRecorderStatus{{Name: aws.String("old")}}, aws1.recorders...)
			Expect(check()).To(Succeed())
		})

		It("should name the permission where it may not ask", func() {
			aws1.recorderErr = answers("AccessDeniedException", "not authorized")
			Expect(check()).To(MatchError(ContainSubstring("the credentials need the permission config:DescribeConfigurationRecorderStatus")))
		})
	})

	Context("about the quota of rules", func() {
		It("should count all pages, without the deployment's own rules", func() {
			aws1.hasRules("other-", 980)
			aws1.hasRules(want.Prefix, 20)
			Expect(check()).To(Succeed())
		})

		It("should refuse one rule too many, and say what to do", func() {
			aws1.hasRules("other-", 981)
			Expect(check()).To(MatchError(And(ContainSubstring("981 other Config rules"), ContainSubstring("needs 20"),
				ContainSubstring("AWS allows 1000"), ContainSubstring("stacks/config-rules/Pulumi.prod.yaml"))))
		})

		It("should say when AWS asks for patience", func() {
			aws1.rulesErr = answers("ThrottlingException", "Rate exceeded")
			Expect(check()).To(MatchError(And(ContainSubstring("counting the account's Config rules: ThrottlingException"),
				ContainSubstring("wait a minute"))))
		})
	})

	It("should say all that is wrong with the account at once", func() {
		aws1.recorders = nil
		aws1.hasRules("other-", 1000)
		Expect(check()).To(MatchError(And(ContainSubstring("has no AWS Config recorder"), ContainSubstring("other Config rules"))))
	})
})

var _ = Describe("The clients", func() {
	BeforeEach(func() {
		GinkgoT().Setenv("AWS_CONFIG_FILE", "/nowhere")
		GinkgoT().Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
		GinkgoT().Setenv("AWS_PROFILE", "")
		GinkgoT().Setenv("AWS_REGION", "eu-west-1")
		GinkgoT().Setenv("AWS_ENDPOINT_URL", "")
		GinkgoT().Setenv("AWS_ACCESS_KEY_ID", "of-the-user")
		GinkgoT().Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	})

	It("should ask in the monitor's region, with the user's credentials", func() {
		clients, err := NewClients(context.Background(), "")
		Expect(err).NotTo(HaveOccurred())
		Expect(clients.Config.Options().Region).To(Equal("us-east-1"))
		Expect(clients.S3.Options().UsePathStyle).To(BeFalse())
		Expect(clients.Identity.Options().Credentials.Retrieve(context.Background())).To(HaveField("AccessKeyID", "of-the-user"))
	})

	It("should ask a local AWS by path, with credentials that AWS itself refuses", func() {
		clients, err := NewClients(context.Background(), "http://127.0.0.1:1")
		Expect(err).NotTo(HaveOccurred())
		Expect(aws.ToString(clients.S3.Options().BaseEndpoint)).To(Equal("http://127.0.0.1:1"))
		Expect(clients.S3.Options().UsePathStyle).To(BeTrue())
		Expect(clients.S3.Options().Credentials.Retrieve(context.Background())).To(HaveField("AccessKeyID", "localcloud"))
	})

	It("should ask a local AWS even where the user's profile is missing", func() {
		GinkgoT().Setenv("AWS_PROFILE", "nobody")
		_, err := NewClients(context.Background(), "http://127.0.0.1:1")
		Expect(err).NotTo(HaveOccurred())
	})

	It("should say what to look at where the profile is missing", func() {
		GinkgoT().Setenv("AWS_PROFILE", "nobody")
		_, err := NewClients(context.Background(), "")
		Expect(err).To(MatchError(And(ContainSubstring("nobody"), ContainSubstring("check AWS_PROFILE"))))
	})
})
