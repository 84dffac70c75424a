package lambdasvc

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("A request's route", func() {
	DescribeTable("should be read off method and path",
		func(method, path string, expected route) {
			Expect(parseRoute(httptest.NewRequest(method, path, http.NoBody))).To(Equal(expected))
		},
		Entry("for making a function", http.MethodPost, "/2015-03-31/functions", route{operation: "CreateFunction"}),
		Entry("for listing functions", http.MethodGet, "/2015-03-31/functions/", route{operation: "ListFunctions"}),
		Entry("for a function", http.MethodGet, "/2015-03-31/functions/f", route{operation: "GetFunction", function: reference{name: "f"}}),
		Entry("for a version", http.MethodGet, "/2015-03-31/functions/f/configuration?Qualifier=2", route{operation: "GetFunctionConfiguration", function: reference{"f", "2"}}),
		Entry("for a function by its ARN", http.MethodDelete, "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af%3Alive", route{operation: "DeleteFunction", function: reference{"f", "live"}}),
		Entry("for a function by a part of its ARN", http.MethodGet, "/2015-03-31/functions/123456789012:function:f", route{operation: "GetFunction", function: reference{name: "f"}}),
		Entry("for a permission", http.MethodDelete, "/2015-03-31/functions/f/policy/sid?Qualifier=live", route{operation: "RemovePermission", function: reference{"f", "live"}, statement: "sid"}),
		Entry("for all settings of invocation", http.MethodGet, "/2019-09-25/functions/f/event-invoke-config/list", route{operation: "ListFunctionEventInvokeConfigs", function: reference{name: "f"}}),
		Entry("for taking an alias away", http.MethodDelete, "/2015-03-31/functions/f/aliases/live", route{operation: "DeleteAlias", function: reference{"f", "live"}}),
		Entry("for an alias, which is moto's", http.MethodGet, "/2015-03-31/functions/f/aliases/live", route{function: reference{name: "f"}}),
		Entry("for an invocation", http.MethodPost, "/2015-03-31/functions/f/invocations?Qualifier=2", route{operation: "Invoke", function: reference{"f", "2"}}),
		Entry("for an invocation with a stream", http.MethodPost, "/2021-11-15/functions/f/response-streaming-invocations", route{operation: "InvokeWithResponseStream", function: reference{name: "f"}}),
		Entry("for layers, which are moto's", http.MethodGet, "/2018-10-31/layers", route{}),
		Entry("for nothing", http.MethodGet, "/", route{}),
	)
})

// merged are the attributes after requests, one after the other.
func merged(requests ...string) attributes {
	kept := attributes{}
	for _, text := range requests {
		var request map[string]json.RawMessage
		Expect(json.Unmarshal([]byte(text), &request)).To(Succeed())
		Expect(kept.merge(request)).To(Succeed())
	}
	return kept
}

// applied is what is answered for a function called f with these attributes.
func applied(kept attributes) map[string]any {
	configuration := map[string]any{"FunctionName": "f", "VpcConfig": nil, "TracingConfig": map[string]any{"Mode": "PassThrough"}}
	kept.apply(configuration)
	return configuration
}

var _ = Describe("A function's attributes", func() {
	It("should be AWS's defaults where nothing was set", func() {
		Expect(applied(merged(`{}`))).To(And(
			HaveKeyWithValue("LoggingConfig", map[string]string{"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}),
			HaveKey("RevisionId"), Not(HaveKey("KMSKeyArn")), Not(HaveKey("DeadLetterConfig")), Not(HaveKey("VpcConfig")),
		))
	})

	DescribeTable("should keep the logging settings",
		func(expected map[string]string, requests ...string) {
			Expect(applied(merged(requests...))["LoggingConfig"]).To(Equal(expected))
		},
		Entry("with the levels that JSON has by itself",
			map[string]string{"LogFormat": "JSON", "LogGroup": "/aws/lambda/f", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"},
			`{"LoggingConfig":{"LogFormat":"JSON"}}`),
		Entry("with what was set",
			map[string]string{"LogFormat": "JSON", "LogGroup": "g", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "WARN"},
			`{"LoggingConfig":{"LogFormat":"JSON","LogGroup":"g","ApplicationLogLevel":"DEBUG","SystemLogLevel":"WARN"}}`),
		Entry("with what a change leaves out",
			map[string]string{"LogFormat": "JSON", "LogGroup": "g", "ApplicationLogLevel": "ERROR", "SystemLogLevel": "INFO"},
			`{"LoggingConfig":{"LogFormat":"JSON","LogGroup":"g"}}`, `{"LoggingConfig":{"ApplicationLogLevel":"ERROR"}}`),
		Entry("without levels when the format goes back to text",
			map[string]string{"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
			`{"LoggingConfig":{"LogFormat":"JSON"}}`, `{"LoggingConfig":{"LogFormat":"Text"}}`),
	)

	It("should be replaced one by one", func() {
		kept := merged(`{"KMSKeyArn":"k","DeadLetterConfig":{"TargetArn":"q"},"TracingConfig":{"Mode":"Active"}}`, `{"TracingConfig":null,"EphemeralStorage":{"Size":1024}}`)
		Expect(applied(kept)).To(And(
			HaveKeyWithValue("KMSKeyArn", "k"),
			HaveKeyWithValue("DeadLetterConfig", map[string]string{"TargetArn": "q"}),
			HaveKeyWithValue("TracingConfig", map[string]any{"Mode": "Active"}),
			HaveKeyWithValue("EphemeralStorage", map[string]any{"Size": 1024.0}),
		))
	})

	It("should be taken away by empty ones", func() {
		kept := merged(`{"KMSKeyArn":"k","DeadLetterConfig":{"TargetArn":"q"}}`, `{"KMSKeyArn":"","DeadLetterConfig":{"TargetArn":""}}`)
		Expect(applied(kept)).To(And(Not(HaveKey("KMSKeyArn")), Not(HaveKey("DeadLetterConfig"))))
	})

	It("should be answered under other names where AWS does so", func() {
		kept := merged(`{"ImageConfig":{"Command":["a"]},"SnapStart":{"ApplyOn":"PublishedVersions"}}`)
		Expect(applied(kept)).To(And(
			HaveKeyWithValue("ImageConfigResponse", map[string]any{"ImageConfig": map[string]any{"Command": []any{"a"}}}),
			HaveKeyWithValue("SnapStart", map[string]string{"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}),
		))
	})

	It("should be refused when they are of another kind", func() {
		err := attributes{}.merge(map[string]json.RawMessage{"LoggingConfig": json.RawMessage(`"Text"`)})
		Expect(err).To(MatchError(HavePrefix("InvalidParameterValueException: Invalid value for LoggingConfig")))
	})

	It("should stay with a version as they were when it was published", func() {
		kept := newFunction()
		kept.versions[latest] = merged(`{"KMSKeyArn":"one"}`)
		kept.freeze("1")
		kept.versions[latest]["KMSKeyArn"] = "two"
		kept.freeze("1")
		Expect(kept.attributes("1")).To(HaveKeyWithValue("KMSKeyArn", "one"))
		Expect(kept.attributes(latest)).To(HaveKeyWithValue("KMSKeyArn", "two"))
		Expect(kept.attributes("9")).To(HaveKeyWithValue("KMSKeyArn", "two"), "what nobody kept is as it is now")
	})
})

var _ = Describe("A permission", func() {
	DescribeTable("should be written as AWS writes it",
		func(given permission, expected string) {
			given.StatementID, given.Action = "s", "lambda:InvokeFunction"
			Expect(json.Marshal(given.statement("arn:f"))).To(MatchJSON(
				`{"Sid":"s","Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:f",` + expected + `}`))
		},
		Entry("for a service", permission{Principal: "events.amazonaws.com"}, `"Principal":{"Service":"events.amazonaws.com"}`),
		Entry("for an account", permission{Principal: "123456789012"}, `"Principal":{"AWS":"arn:aws:iam::123456789012:root"}`),
		Entry("for a role", permission{Principal: "arn:aws:iam::1:role/r"}, `"Principal":{"AWS":"arn:aws:iam::1:role/r"}`),
		Entry("for everybody", permission{Principal: "*"}, `"Principal":"*"`),
		Entry("with all its conditions",
			permission{Principal: "*", SourceAccount: "1", SourceArn: "a", PrincipalOrgID: "o", EventSourceToken: "t", FunctionURLAuthType: "NONE"},
			`"Principal":"*","Condition":{"StringEquals":{"AWS:SourceAccount":"1","aws:PrincipalOrgID":"o","lambda:EventSourceToken":"t","lambda:FunctionUrlAuthType":"NONE"},"ArnLike":{"AWS:SourceArn":"a"}}`),
	)

	DescribeTable("should be refused",
		func(given permission) { Expect(given.check()).To(MatchError(HavePrefix("ValidationException"))) },
		Entry("without an id", permission{Action: "lambda:InvokeFunction", Principal: "*"}),
		Entry("with a space in its id", permission{StatementID: "a b", Action: "lambda:InvokeFunction", Principal: "*"}),
		Entry("with an action of another service", permission{StatementID: "a", Action: "s3:GetObject", Principal: "*"}),
		Entry("without a principal", permission{StatementID: "a", Action: "lambda:InvokeFunction"}),
	)

	It("should be held against the revision that it was meant for", func() {
		policy := permissions{revision: "r"}
		Expect(policy.add(statement{Sid: "a"}, "other")).To(MatchError(HavePrefix("PreconditionFailedException")))
		Expect(policy.add(statement{Sid: "a"}, "r")).To(Succeed())
		Expect(policy.revision).NotTo(Equal("r"))
	})
})

var _ = Describe("Settings of asynchronous invocation", func() {
	number := func(n int) *int { return &n }

	DescribeTable("should be refused",
		func(config eventInvokeConfig, code string) { Expect(config.check()).To(MatchError(HavePrefix(code))) },
		Entry("with three retries", eventInvokeConfig{MaximumRetryAttempts: number(3)}, "ValidationException"),
		Entry("with too short an age", eventInvokeConfig{MaximumEventAgeInSeconds: number(59)}, "ValidationException"),
		Entry("with too long an age", eventInvokeConfig{MaximumEventAgeInSeconds: number(21601)}, "ValidationException"),
		Entry("with a destination that is no ARN", eventInvokeConfig{DestinationConfig: &destinations{OnFailure: &destination{"queue"}}}, "InvalidParameterValueException"),
	)

	It("should keep what a change leaves out", func() {
		before := eventInvokeConfig{MaximumRetryAttempts: number(1), DestinationConfig: &destinations{OnFailure: &destination{"arn:q"}}}
		after := eventInvokeConfig{MaximumEventAgeInSeconds: number(60)}.over(before)
		Expect(after).To(Equal(eventInvokeConfig{
			MaximumRetryAttempts: number(1), MaximumEventAgeInSeconds: number(60), DestinationConfig: before.DestinationConfig,
		}))
	})
})
