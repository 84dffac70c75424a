package localcloud_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/configsvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/identity"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/keep"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdasvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/s3svc"
)

// answering is a moto that answers everything the same way.
func answering(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
}

// withRecorder lets a moto have a configuration recorder made, whatever it answers to all else.
func withRecorder(moto http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch target := r.Header.Get("X-Amz-Target"); target {
		case "StarlingDoveService.PutConfigurationRecorder", "StarlingDoveService.PutDeliveryChannel", "StarlingDoveService.StartConfigurationRecorder":
		default:
			moto.ServeHTTP(w, r)
		}
	})
}

// mended is a service in front of such a moto.
func mended(service string, moto http.Handler) http.Handler {
	switch service {
	case "config":
		return configsvc.New(configsvc.Options{Moto: withRecorder(moto), Clock: clock.New()})
	case "lambda":
		return lambdasvc.New(lambdasvc.Options{Moto: moto, Clock: clock.New()})
	case "s3":
		return s3svc.New(moto, func(*http.Request) (policy.Principal, error) {
			return policy.Principal{}, errors.New("nobody knows")
		}, nil)
	case "sqs":
		return keep.SQS(moto)
	case "sns":
		return keep.SNS(moto)
	case "kms":
		return keep.KMS(moto)
	}
	return keep.Logs(moto)
}

// serve sends a request with the given operation to a service.
func serve(handler http.Handler, service, operation, method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "X."+operation)
	info := awsreq.Info{Service: service, Region: "us-east-1", AccessKey: "test", Operation: operation}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, awsreq.With(r, &info))
	return recorder
}

// operations are those that are mended, with a request that is well formed.
var operations = []struct{ service, operation, method, target, body string }{
	{"config", "PutConfigRule", "POST", "/", `{"ConfigRule":{"ConfigRuleName":"r","Source":{"Owner":"AWS"}}}`},
	{"config", "DeleteConfigRule", "POST", "/", `{"ConfigRuleName":"r"}`},
	{"config", "DescribeConfigRules", "POST", "/", `{"ConfigRuleNames":["r"]}`},
	{"config", "DescribeConfigurationRecorderStatus", "POST", "/", `{}`},
	{"config", "DescribeComplianceByConfigRule", "POST", "/", `{}`},
	{"config", "GetComplianceDetailsByConfigRule", "POST", "/", `{"ConfigRuleName":"r"}`},
	{"config", "StartConfigRulesEvaluation", "POST", "/", `{"ConfigRuleNames":["r"]}`},
	{"config", "DescribeConfigRuleEvaluationStatus", "POST", "/", `{}`},
	{"config", "DeleteEvaluationResults", "POST", "/", `{"ConfigRuleName":"r"}`},
	{"config", "DescribeAggregateComplianceByConfigRules", "POST", "/", `{"ConfigurationAggregatorName":"a"}`},
	{
		"config", "GetAggregateComplianceDetailsByConfigRule", "POST", "/",
		`{"ConfigurationAggregatorName":"a","ConfigRuleName":"r","AccountId":"123456789012","AwsRegion":"us-east-1"}`,
	},
	{"config", "GetAggregateConfigRuleComplianceSummary", "POST", "/", `{"ConfigurationAggregatorName":"a"}`},
	{"lambda", "", "POST", "/2015-03-31/functions", `{"FunctionName":"f"}`},
	{"lambda", "", "GET", "/2015-03-31/functions", ``},
	{"lambda", "", "GET", "/2015-03-31/functions/f", ``},
	{"lambda", "", "GET", "/2015-03-31/functions/f/configuration", ``},
	{"lambda", "", "PUT", "/2015-03-31/functions/f/configuration", `{}`},
	{"lambda", "", "PUT", "/2015-03-31/functions/f/code", `{"DryRun":true}`},
	{"lambda", "", "POST", "/2015-03-31/functions/f/versions", `{}`},
	{"lambda", "", "GET", "/2015-03-31/functions/f/policy", ``},
	{"lambda", "", "POST", "/2015-03-31/functions/f/policy", `{"StatementId":"s","Action":"lambda:InvokeFunction","Principal":"*"}`},
	{"lambda", "", "DELETE", "/2015-03-31/functions/f/policy/s", ``},
	{"lambda", "", "GET", "/2019-09-25/functions/f/event-invoke-config", ``},
	{"lambda", "", "GET", "/2019-09-25/functions/f/event-invoke-config/list", ``},
	{"lambda", "", "PUT", "/2019-09-25/functions/f/event-invoke-config", `{}`},
	{"lambda", "", "DELETE", "/2019-09-25/functions/f/event-invoke-config", ``},
	{"sqs", "CreateQueue", "POST", "/", `{"QueueName":"q"}`},
	{"sqs", "SetQueueAttributes", "POST", "/", `{"QueueUrl":"http://x/1/q"}`},
	{"sqs", "GetQueueAttributes", "POST", "/", `{"QueueUrl":"http://x/1/q","AttributeNames":["All"]}`},
	{"sqs", "DeleteQueue", "POST", "/", `{"QueueUrl":"http://x/1/q"}`},
	{"sns", "CreateTopic", "POST", "/", `Name=t`},
	{"sns", "SetTopicAttributes", "POST", "/", `TopicArn=a:t&AttributeName=TracingConfig&AttributeValue=Active`},
	{"sns", "GetTopicAttributes", "POST", "/", `TopicArn=a:t`},
	{"sns", "DeleteTopic", "POST", "/", `TopicArn=a:t`},
	{"kms", "EnableKeyRotation", "POST", "/", `{"KeyId":"k"}`},
	{"kms", "GetKeyRotationStatus", "POST", "/", `{"KeyId":"k"}`},
	{"logs", "CreateLogGroup", "POST", "/", `{"logGroupName":"g"}`},
	{"logs", "DescribeLogGroups", "POST", "/", `{}`},
	{"logs", "DeleteLogGroup", "POST", "/", `{"logGroupName":"g"}`},
	{"logs", "AssociateKmsKey", "POST", "/", `{"logGroupName":"g","kmsKeyId":"arn:k"}`},
	{"s3", "", "PUT", "/bucket?lifecycle", `<LifecycleConfiguration></LifecycleConfiguration>`},
}

var _ = Describe("A service", func() {
	It("should not take an error of moto's for success", func() {
		for _, operation := range operations {
			broken := mended(operation.service, answering(http.StatusInternalServerError, "<html>broken</html>"))
			answer := serve(broken, operation.service, operation.operation, operation.method, operation.target, operation.body)
			Expect(answer.Code).To(BeNumerically(">=", 400), "%v", operation)
		}
	})

	It("should answer an error where moto's answer makes no sense, or give it as it is", func() {
		for _, operation := range operations {
			senseless := mended(operation.service, answering(http.StatusOK, "senseless"))
			answer := serve(senseless, operation.service, operation.operation, operation.method, operation.target, operation.body)
			if answer.Code < 400 {
				Expect(answer.Body.String()).To(Or(Equal("senseless"), BeEmpty()), "%v", operation)
			}
		}
	})

	It("should refuse a request that is not well formed", func() {
		for _, operation := range operations {
			if operation.body == "" || operation.body == "{}" || strings.HasSuffix(operation.target, "versions") {
				continue // moto judges what is not looked at here
			}
			fine := mended(operation.service, answering(http.StatusOK, "{}"))
			answer := serve(fine, operation.service, operation.operation, operation.method, operation.target, "%zz<{")
			Expect(answer.Code).To(Equal(http.StatusBadRequest), "%v", operation)
		}
	})

	It("should not answer for Config without its recorder", func() {
		config := configsvc.New(configsvc.Options{Moto: answering(http.StatusInternalServerError, "broken"), Clock: clock.New()})
		answer := serve(config, "config", "DescribeConfigRules", "POST", "/", "{}")
		Expect(answer.Code).To(Equal(http.StatusInternalServerError))
		Expect(answer.Body.String()).To(ContainSubstring("setting up the configuration recorder"))
	})

	It("should tell of a caller that nobody knows", func() {
		s3 := mended("s3", answering(http.StatusOK, ""))
		const text = `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}}`
		Expect(serve(s3, "s3", "", "PUT", "/bucket?policy", text).Code).To(Equal(http.StatusNoContent))
		answer := serve(s3, "s3", "", "GET", "/bucket/key", "")
		Expect(answer.Code).To(Equal(http.StatusInternalServerError))
		Expect(answer.Body.String()).To(ContainSubstring("finding out who the caller is: nobody knows"))
	})

	It("should not have a method that AWS does not have", func() {
		s3 := mended("s3", answering(http.StatusOK, ""))
		Expect(serve(s3, "s3", "", "POST", "/bucket?policy", "").Code).To(Equal(http.StatusMethodNotAllowed))
	})

	It("should leave S3 Control to moto", func() {
		s3 := mended("s3", answering(http.StatusTeapot, ""))
		Expect(serve(s3, "s3", "", "GET", "/v20180820/configuration/publicAccessBlock", "").Code).To(Equal(http.StatusTeapot))
	})

	It("should leave SQS's older protocol to moto", func() {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Action=CreateQueue"))
		recorder := httptest.NewRecorder()
		mended("sqs", answering(http.StatusTeapot, "")).ServeHTTP(recorder, awsreq.With(r, &awsreq.Info{Operation: "CreateQueue"}))
		Expect(recorder.Code).To(Equal(http.StatusTeapot))
	})
})

var _ = Describe("The caller of a request", func() {
	identify := func(moto http.Handler) (policy.Principal, error) {
		info := awsreq.Info{AccessKey: "AKID", Region: "us-east-1"}
		return identity.New(moto).Of(awsreq.With(httptest.NewRequest(http.MethodGet, "/", http.NoBody), &info))
	}

	It("should be whom moto says", func() {
		answer := `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:u</Arn><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
		Expect(identify(answering(http.StatusOK, answer))).To(Equal(policy.Principal{ARN: "arn:u", Account: "1"}))
	})

	It("should not be made up where moto does not say", func() {
		_, err := identify(answering(http.StatusInternalServerError, "broken"))
		Expect(err).To(MatchError(ContainSubstring("finding out whose access key AKID is: asking sts for GetCallerIdentity: Internal Server Error: broken")))
	})
})
