package awshttp_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

const (
	evaluations = `{"EvaluationResults":[
		{"EvaluationResultIdentifier":{"EvaluationResultQualifier":{"ConfigRuleName":"monitor-a","ResourceType":"AWS::S3::Bucket",
		"ResourceId":"b-1","EvaluationMode":"DETECTIVE"},"OrderingTimestamp":1795428000.138,"ResourceEvaluationId":null},
		"ComplianceType":"NON_COMPLIANT","ResultRecordedTime":1.7954280015E9,"ConfigRuleInvokedTime":1795428001,
		"Annotation":"it is \"bad\" \u00e4ö","More":[true,false,null,{"a":[],"b":{}},[1,-2.5]]},
		{"EvaluationResultIdentifier":{"EvaluationResultQualifier":null},"ComplianceType":null,"ResultRecordedTime":null}
		],"Other":{},"NextToken":"next"}`
	throttled = `{"__type":"ThrottlingException","message":"Rate exceeded"}`
)

var _ = Describe("A client of AWS Config", func() {
	var (
		handle   http.HandlerFunc
		asked    *http.Request
		body     string
		calls    atomic.Int64
		config   *awshttp.Config
		settings awshttp.Settings
	)
	ctx := context.Background()

	BeforeEach(func() {
		calls.Store(0)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			content, _ := io.ReadAll(r.Body)
			asked, body = r.Clone(ctx), string(content)
			handle(w, r)
		}))
		DeferCleanup(server.Close)
		settings = awshttp.Settings{
			Region: "us-east-1", Endpoint: server.URL, MaxBackoff: time.Millisecond,
			Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "session"),
		}
		config = awshttp.NewConfig(settings)
	})

	answer := func(content string) {
		handle = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, content) }
	}
	results := func() error {
		_, err := config.GetComplianceDetailsByConfigRule(ctx, awshttp.ComplianceQuery{Rule: "monitor-a"})
		return err
	}
	rules := func() error {
		_, err := config.DescribeConfigRules(ctx, "")
		return err
	}

	It("should read rules, as the function that it is", func() {
		answer(`{"ConfigRules":[{"ConfigRuleName":"monitor-a","ConfigRuleState":"ACTIVE","Source":{}},{"ConfigRuleName":"b"}],"NextToken":"2"}`)
		Expect(config.DescribeConfigRules(ctx, "")).To(Equal(awshttp.ConfigRules{
			Rules: []awshttp.ConfigRule{{Name: "monitor-a", State: "ACTIVE"}, {Name: "b"}}, Next: "2",
		}))
		Expect(body).To(MatchJSON(`{}`))
		Expect(asked.Method + " " + asked.URL.Path).To(Equal("POST /"))
		Expect(asked.Header.Get("X-Amz-Target")).To(Equal("StarlingDoveService.DescribeConfigRules"))
		Expect(asked.Header.Get("Content-Type")).To(Equal("application/x-amz-json-1.1"))
		Expect(asked.Header.Get("Authorization")).To(And(ContainSubstring("AKIDTEST"), ContainSubstring("/us-east-1/config/")))
		answer(`{"ConfigRules":[]}`)
		Expect(config.DescribeConfigRules(ctx, "2")).To(Equal(awshttp.ConfigRules{Rules: []awshttp.ConfigRule{}}))
		Expect(body).To(MatchJSON(`{"NextToken":"2"}`))
	})

	It("should read results", func() {
		answer(evaluations)
		page, err := config.GetComplianceDetailsByConfigRule(ctx, awshttp.ComplianceQuery{Rule: "monitor-a", Only: []string{"NON_COMPLIANT"}, Token: "t"})
		Expect(err).NotTo(HaveOccurred())
		Expect(body).To(MatchJSON(`{"ConfigRuleName":"monitor-a","ComplianceTypes":["NON_COMPLIANT"],"Limit":100,"NextToken":"t"}`))
		Expect(asked.Header.Get("X-Amz-Target")).To(Equal("StarlingDoveService.GetComplianceDetailsByConfigRule"))
		Expect(page).To(Equal(awshttp.Compliance{Next: "next", Results: []awshttp.Evaluation{{
			ResourceType: "AWS::S3::Bucket", ResourceID: "b-1", Compliance: "NON_COMPLIANT", Annotation: `it is "bad" äö`,
			Ordering: time.UnixMilli(1795428000138).UTC(), Recorded: time.UnixMilli(1795428001500).UTC(),
		}, {}}}))
		answer(` {"EvaluationResults" : [ ] } `)
		page, err = config.GetComplianceDetailsByConfigRule(ctx, awshttp.ComplianceQuery{Rule: "monitor-a"})
		Expect(err).NotTo(HaveOccurred())
		Expect(page).To(Equal(awshttp.Compliance{Results: []awshttp.Evaluation{}}))
		Expect(body).To(MatchJSON(`{"ConfigRuleName":"monitor-a","Limit":100}`))
	})

	It("should not take a part of an answer for all of it", func() {
		for end := range len(evaluations) {
			answer(evaluations[:end])
			Expect(results()).To(MatchError(ContainSubstring("reading the answer")), evaluations[:end])
		}
		Expect(calls.Load()).To(BeEquivalentTo(len(evaluations)), "each is asked for once")
	})

	DescribeTable("should refuse what is not the answer",
		func(content, why string) {
			answer(content)
			Expect(results()).To(MatchError(And(ContainSubstring("reading the answer"), ContainSubstring(why))))
		},
		Entry("no object", `[]`, "not the JSON that was expected, at byte 0 of 2"),
		Entry("null", `null`, "it has no EvaluationResults"),
		Entry("an answer without results", `{"NextToken":"1"}`, "it has no EvaluationResults"),
		Entry("null results", `{"EvaluationResults":null}`, "it has no EvaluationResults"),
		Entry("other results", `{"EvaluationResults":{}}`, "not the JSON"),
		Entry("something after the end", `{"EvaluationResults":[]} x`, "not the JSON"),
		Entry("a name without quotes", `{EvaluationResults:[]}`, "not the JSON"),
		Entry("null for a name", `{null:1,"EvaluationResults":[]}`, "not the JSON"),
		Entry("a number for a text", `{"EvaluationResults":[],"NextToken":1}`, "not the JSON"),
		Entry("a bad escape", `{"EvaluationResults":[],"NextToken":"\x"}`, "invalid character"),
		Entry("a line break in a text", "{\"EvaluationResults\":[],\"NextToken\":\"\n\"}", "invalid character"),
		Entry("a text for a time", `{"EvaluationResults":[{"ResultRecordedTime":"now"}]}`, "not the JSON"),
		Entry("a number of Go's", `{"EvaluationResults":[{"ResultRecordedTime":1.}]}`, "not the JSON"),
		Entry("a comma too many", `{"EvaluationResults":[],}`, "not the JSON"),
		Entry("what is too deep", `{"EvaluationResults":[],"a":`+strings.Repeat("[", 100), "too deep"),
	)

	It("should not take an answer without rules for an account without rules", func() {
		answer(`{}`)
		Expect(rules()).To(MatchError("reading the answer: it has no ConfigRules"))
		answer(`{"ConfigRules":[`)
		Expect(rules()).To(MatchError(ContainSubstring("reading the answer: unexpected end")))
	})

	It("should refuse an answer without a body where it reads", func() {
		for _, content := range []string{"", " \n"} {
			answer(content)
			Expect(results()).To(MatchError(awshttp.ErrEmptyAnswer))
			Expect(rules()).To(MatchError(awshttp.ErrEmptyAnswer))
			Expect(config.StartConfigRulesEvaluation(ctx, []string{"monitor-a"})).To(Succeed())
		}
	})

	It("should have rules evaluated again, and try that once", func() {
		answer("{}")
		Expect(config.StartConfigRulesEvaluation(ctx, []string{"monitor-a", "monitor-b"})).To(Succeed())
		Expect(body).To(MatchJSON(`{"ConfigRuleNames":["monitor-a","monitor-b"]}`))
		Expect(asked.Header.Get("X-Amz-Target")).To(Equal("StarlingDoveService.StartConfigRulesEvaluation"))
		handle = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"LimitExceededException","message":"once a minute"}`)
		}
		calls.Store(0)
		err := config.StartConfigRulesEvaluation(ctx, []string{"monitor-a"})
		Expect(err).To(MatchError("AWS answered 400 LimitExceededException: once a minute"))
		Expect(calls.Load()).To(BeEquivalentTo(1))
	})

	It("should wait out throttling, and work again after a storm of it", func() {
		var storm atomic.Bool
		handle = func(w http.ResponseWriter, _ *http.Request) {
			if storm.Load() {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, throttled)
				return
			}
			_, _ = io.WriteString(w, evaluations)
		}
		storm.Store(true)
		const calling = 60
		for range calling {
			err := results()
			Expect(awserr.IsThrottled(err)).To(BeTrue())
			Expect(err).To(MatchError("AWS answered 400 ThrottlingException: Rate exceeded"))
		}
		Expect(calls.Load()).To(BeEquivalentTo(calling*10), "each call is tried ten times, to the end")
		storm.Store(false)
		Expect(results()).To(Succeed())
		Expect(calls.Load()).To(BeEquivalentTo(calling*10 + 1))
	})

	It("should get through when throttling ends before its attempts do, or an answer breaks off", func() {
		handle = func(w http.ResponseWriter, _ *http.Request) {
			switch n := calls.Load(); {
			case n == 9:
				w.Header().Set("Content-Length", "10000")
			case n < 9:
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, throttled)
				return
			}
			_, _ = io.WriteString(w, evaluations)
		}
		Expect(results()).To(Succeed())
		Expect(calls.Load()).To(BeEquivalentTo(10))
	})

	DescribeTable("should say what AWS said",
		func(header, content, code string, meant func(error) bool) {
			handle = func(w http.ResponseWriter, _ *http.Request) {
				if header != "" {
					w.Header().Set("X-Amzn-Errortype", header)
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, content)
			}
			err := results()
			Expect(awserr.Code(err)).To(Equal(code))
			Expect(meant(err)).To(BeTrue())
			Expect(calls.Load()).To(BeEquivalentTo(1))
		},
		Entry("in the body", "", `{"__type":"NoSuchConfigRuleException","message":"m"}`, "NoSuchConfigRuleException", awserr.IsNoSuchConfigRule),
		Entry("with a name space", "", `{"__type":"com.amazonaws.config#InvalidNextTokenException"}`, "InvalidNextTokenException",
			awserr.IsInvalidNextToken),
		Entry("in the header", "NoSuchConfigRuleException:http://internal.amazon.com/", `{}`, "NoSuchConfigRuleException", awserr.IsNoSuchConfigRule),
		Entry("as a code", "", `{"code":"NoSuchConfigRuleException"}`, "NoSuchConfigRuleException", awserr.IsNoSuchConfigRule),
		Entry("in no way that can be read", "", `<html>`, "HTTP400", func(err error) bool { return !awserr.IsThrottled(err) }),
	)
})
