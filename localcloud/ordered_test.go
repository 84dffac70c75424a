package localcloud_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// ordered is a fault as the endpoint tells it.
type ordered struct {
	ID           int
	Kind         string
	Seen, Struck int
}

var _ = Describe("A fault that was ordered", Ordered, func() {
	// These faults would strike other specs, so they have an instance for themselves.
	var (
		own    *localcloud.Cloud
		config aws.Config
		bucket string
	)

	BeforeAll(func(ctx SpecContext) {
		var err error
		own, err = localcloud.Start(ctx, localcloud.Options{Addr: "127.0.0.1:0", Log: GinkgoWriter})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(own.Close()).To(Succeed()) })
		config = client.Copy()
		config.BaseEndpoint = aws.String(own.Endpoint())
		config.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // Go itself tries a reset connection again
	})

	control := func(ctx context.Context, method, path, body string) (int, string) {
		GinkgoHelper()
		request, err := http.NewRequestWithContext(ctx, method, own.Endpoint()+"/_localcloud/faults"+path, strings.NewReader(body))
		Expect(err).NotTo(HaveOccurred())
		response, err := plain.Do(request)
		Expect(err).NotTo(HaveOccurred())
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		Expect(err).NotTo(HaveOccurred())
		return response.StatusCode, string(content)
	}
	order := func(ctx context.Context, body string) {
		GinkgoHelper()
		status, answer := control(ctx, http.MethodPost, "", body)
		Expect(status).To(Equal(http.StatusCreated), answer)
	}
	told := func(ctx context.Context) []ordered {
		GinkgoHelper()
		_, body := control(ctx, http.MethodGet, "", "")
		var all []ordered
		Expect(json.Unmarshal([]byte(body), &all)).To(Succeed())
		return all
	}
	// objects is a client of S3 that does not try again, unless it is told to.
	objects := func(attempts int) *s3.Client {
		return s3.NewFromConfig(config, func(o *s3.Options) {
			o.UsePathStyle = true
			o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = attempts
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		})
	}
	put := func(ctx context.Context, attempts int, key string) error {
		_, err := objects(attempts).PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("content")})
		return err
	}
	get := func(ctx context.Context, key string) (string, error) {
		got, err := objects(1).GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			return "", err
		}
		defer got.Body.Close()
		content, err := io.ReadAll(got.Body)
		return string(content), err
	}

	BeforeEach(func(ctx SpecContext) {
		bucket = "bucket-" + strings.ToLower(rand.Text())
		_, err := objects(1).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func(ctx SpecContext) {
			status, _ := control(ctx, http.MethodDelete, "", "")
			Expect(status).To(Equal(http.StatusNoContent))
		})
	})

	It("should strike as often as it was told to, and be met by trying again", func(ctx SpecContext) {
		order(ctx, `{"service":"s3","operation":"PutObject","rate":1,"kind":"throttle","count":2}`)
		Expect(put(ctx, 3, "k")).To(Succeed())
		Expect(told(ctx)).To(Equal([]ordered{{ID: told(ctx)[0].ID, Kind: "throttle", Seen: 3, Struck: 2}}))
		Expect(get(ctx, "k")).To(Equal("content"))
	})

	It("should be the same requests for the same seed", func(ctx SpecContext) {
		run := func(seed string) string {
			order(ctx, `{"service":"sts","rate":0.3,"kind":"5xx","seed":`+seed+`}`)
			struck := ""
			callers := sts.NewFromConfig(config, func(o *sts.Options) { o.Retryer = aws.NopRetryer{} })
			for range 30 {
				_, err := callers.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
				struck += map[bool]string{true: ".", false: "X"}[err == nil]
			}
			control(ctx, http.MethodDelete, "", "")
			return struck
		}
		first := run("7")
		Expect(first).To(And(ContainSubstring("X"), ContainSubstring(".")))
		Expect(run("7")).To(Equal(first))
		Expect(run("8")).NotTo(Equal(first))
	})

	DescribeTable("should keep a request from its effect",
		func(ctx SpecContext, kind, expected string) {
			order(ctx, `{"service":"s3","operation":"Put*","rate":1,"kind":"`+kind+`"}`)
			Expect(put(ctx, 1, kind)).To(MatchError(ContainSubstring(expected)))
			Expect(get(ctx, kind)).Error().To(MatchError(ContainSubstring("NoSuchKey")))
		},
		Entry("by throttling", "throttle", "SlowDown"),
		Entry("by an error", "5xx", "InternalError"),
		Entry("by a reset", "reset", "reset by peer"),
	)

	DescribeTable("should take the answer away from a request that had its effect",
		func(ctx SpecContext, kind, expected string) {
			order(ctx, `{"service":"s3","operation":"PutObject","rate":1,"kind":"`+kind+`","after":true}`)
			Expect(put(ctx, 1, kind+"-after")).To(MatchError(ContainSubstring(expected)))
			Expect(get(ctx, kind+"-after")).To(Equal("content"))
		},
		Entry("by an error", "5xx", "InternalError"),
		Entry("by a reset", "reset", "reset by peer"),
	)

	It("should end an answer in its middle", func(ctx SpecContext) {
		Expect(put(ctx, 1, "k")).To(Succeed())
		order(ctx, `{"service":"s3","operation":"GetObject","rate":1,"kind":"truncation"}`)
		content, err := get(ctx, "k")
		Expect(err).To(MatchError(ContainSubstring("unexpected EOF")))
		Expect(content).To(Equal("con"))
	})

	It("should let an answer without a body end, too", func(ctx SpecContext) {
		order(ctx, `{"service":"s3","operation":"PutObject","rate":1,"kind":"truncation"}`)
		Expect(put(ctx, 1, "k")).To(MatchError(Or(ContainSubstring("reset by peer"), ContainSubstring("EOF"))))
	})

	It("should keep an answer waiting", func(ctx SpecContext) {
		order(ctx, `{"service":"s3","rate":1,"kind":"latency","latency":"150ms","count":1}`)
		start := time.Now()
		Expect(put(ctx, 1, "k")).To(Succeed())
		Expect(time.Since(start)).To(BeNumerically(">=", 150*time.Millisecond))
	})

	It("should strike only whom it is for", func(ctx SpecContext) {
		f := deploy(ctx, config, nil)
		assumed, err := sts.NewFromConfig(config).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &f.role, RoleSessionName: aws.String("s")})
		Expect(err).NotTo(HaveOccurred())
		order(ctx, `{"service":"sts","caller":"role-`+f.name+`","rate":1,"kind":"throttle"}`)
		ask := func(config aws.Config) error {
			_, err := sts.NewFromConfig(config, func(o *sts.Options) { o.Retryer = aws.NopRetryer{} }).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			return err
		}
		Expect(ask(config)).To(Succeed())
		role := config.Copy()
		role.Credentials = credentials.NewStaticCredentialsProvider(*assumed.Credentials.AccessKeyId, *assumed.Credentials.SecretAccessKey, *assumed.Credentials.SessionToken)
		Expect(ask(role)).To(MatchError(ContainSubstring("Throttling")))
	})

	It("should be understood by botocore in each protocol", func(ctx SpecContext) {
		order(ctx, `[{"operation":"*","rate":1,"kind":"throttle"}]`)
		throttled := askAll(ctx, own.Endpoint())
		control(ctx, http.MethodDelete, "", "")
		order(ctx, `[{"rate":1,"kind":"5xx"}]`)
		failed := askAll(ctx, own.Endpoint())
		Expect(throttled).To(Equal(map[string]string{
			"s3": "SlowDown 503", "s3head": "503 503", "sqs": "RequestThrottled 400", "sns": "Throttling 400", "lambda": "TooManyRequestsException 429", "ec2": "RequestLimitExceeded 503",
			"iam": "Throttling 400", "config": "ThrottlingException 400", "kms": "ThrottlingException 400", "logs": "ThrottlingException 400", "events": "ThrottlingException 400",
		}))
		Expect(failed).To(Equal(map[string]string{
			"s3": "InternalError 500", "s3head": "500 500", "sqs": "InternalFailure 500", "sns": "InternalError 500", "lambda": "ServiceException 500", "ec2": "InternalFailure 500",
			"iam": "InternalFailure 500", "config": "InternalFailure 500", "kms": "KMSInternalException 500", "logs": "InternalFailure 500", "events": "InternalException 500",
		}))
	})

	It("should not be ordered with mistakes, of which all are named", func(ctx SpecContext) {
		status, body := control(ctx, http.MethodPost, "", `[{"kind":"boom","rate":2,"count":-1,"latency":"x","after":true,"id":5},{"kind":"latency","rate":0.5},null]`)
		Expect(status).To(Equal(http.StatusBadRequest))
		for _, named := range []string{"fault 0: kind", "fault 0: rate", "fault 0: count", "fault 0: id", "fault 0: after", "fault 0: latency", "fault 1: latency", "fault 2: it is null"} {
			Expect(body).To(ContainSubstring(named))
		}
		for _, wrong := range []string{`{`, `{"kind":"reset","rate":1,"region":"x"}`, `5`} {
			status, _ = control(ctx, http.MethodPost, "", wrong)
			Expect(status).To(Equal(http.StatusBadRequest), wrong)
		}
		Expect(told(ctx)).To(BeEmpty())
	})

	It("should be taken back alone or with all others", func(ctx SpecContext) {
		order(ctx, `[{"service":"x","kind":"reset","rate":1},{"service":"y","kind":"throttle","rate":1}]`)
		all := told(ctx)
		status, _ := control(ctx, http.MethodDelete, "?id="+jsonText(all[0].ID), "")
		Expect(status).To(Equal(http.StatusNoContent))
		Expect(told(ctx)).To(Equal(all[1:]))
		status, _ = control(ctx, http.MethodDelete, "?id=999999", "")
		Expect(status).To(Equal(http.StatusNotFound))
		status, _ = control(ctx, http.MethodDelete, "?id=x", "")
		Expect(status).To(Equal(http.StatusBadRequest))
		status, _ = control(ctx, http.MethodPut, "", "")
		Expect(status).To(Equal(http.StatusMethodNotAllowed))
	})
})

func jsonText(value any) string {
	text, err := json.Marshal(value)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

// askAll asks each service something with botocore, and tells how it understood the error.
func askAll(ctx context.Context, endpoint string) map[string]string {
	GinkgoHelper()
	said, err := exec.CommandContext(ctx, "python3", "-c", askFaults, endpoint).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(said))
	var answers map[string]string
	Expect(json.Unmarshal(said, &answers)).To(Succeed(), string(said))
	return answers
}

const askFaults = `
import json, sys
import botocore.config, botocore.session

session = botocore.session.Session()
session.set_credentials("test", "test")

def ask(service, method, **arguments):
    config = botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    client = session.create_client(service, region_name="us-east-1", endpoint_url=sys.argv[1], config=config)
    try:
        getattr(client, method)(**arguments)
    except client.exceptions.ClientError as error:
        return "%s %s" % (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
    return "no error"

print(json.dumps({
    "s3": ask("s3", "list_buckets"), "s3head": ask("s3", "head_bucket", Bucket="b"), "sqs": ask("sqs", "list_queues"),
    "sns": ask("sns", "list_topics"), "lambda": ask("lambda", "list_functions"), "ec2": ask("ec2", "describe_vpcs"),
    "iam": ask("iam", "list_roles"), "config": ask("config", "describe_config_rules"), "kms": ask("kms", "list_keys"),
    "logs": ask("logs", "describe_log_groups"), "events": ask("events", "list_rules"),
}))
`
