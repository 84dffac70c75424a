package localcloud_test

import (
	"context"
	"encoding/base64"
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// octets are bytes among the parameters of a call.
func octets(content []byte) values {
	return values{"base64": base64.StdEncoding.EncodeToString(content)}
}

// parsed is what botocore's parser made of an answer.
func parsed[T any](answer called) T {
	GinkgoHelper()
	var read T
	Expect(json.Unmarshal(answer.Parsed, &read)).To(Succeed(), string(answer.Parsed))
	return read
}

var _ = Describe("What Lambda answers", func() {
	of := func(name string, more values) values {
		all := values{"FunctionName": name}
		for key, value := range more {
			all[key] = value
		}
		return all
	}
	missing := func(operation string, more values) call {
		return call{Operation: operation, Parameters: of("nobody", more), code: "ResourceNotFoundException"}
	}

	It("should be what botocore's parser and the service model take", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		name, version := unique("function"), values{"Qualifier": "1"}
		permission := values{"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
		retries := values{"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}
		calls := []call{
			{Operation: "CreateFunction", Parameters: of(name, values{
				"Role": f.role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Architectures": []any{machine()}, "Code": values{"ZipFile": octets(program())},
				"LoggingConfig": values{"LogFormat": "JSON"}, "DeadLetterConfig": values{"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"},
				"TracingConfig": values{"Mode": "Active"}, "Environment": values{"Variables": values{"COLOR": "b"}}, "Publish": true,
			})},
			{Operation: "CreateFunction", Parameters: of(name, values{
				"Role": f.role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Code": values{"ZipFile": octets([]byte("no zip"))},
			}), code: "InvalidParameterValueException"},
			{Operation: "GetFunction", Parameters: of(name, nil)},
			{Operation: "GetFunctionConfiguration", Parameters: of(name, version)},
			{Operation: "UpdateFunctionConfiguration", Parameters: of(name, values{"Timeout": 9, "LoggingConfig": values{"LogFormat": "Text"}})},
			{Operation: "UpdateFunctionCode", Parameters: of(name, values{"ZipFile": octets(program())})},
			{Operation: "PublishVersion", Parameters: of(name, nil)},
			{Operation: "CreateAlias", Parameters: of(name, values{"Name": "live", "FunctionVersion": "1"})},
			{Operation: "ListFunctions"},
			{Operation: "ListVersionsByFunction", Parameters: of(name, nil)},
			{Operation: "PutFunctionConcurrency", Parameters: of(name, values{"ReservedConcurrentExecutions": 2})},
			{Operation: "DeleteFunctionConcurrency", Parameters: of(name, nil)},
			{Operation: "AddPermission", Parameters: of(name, permission)},
			{Operation: "AddPermission", Parameters: of(name, permission), code: "ResourceConflictException"},
			{Operation: "GetPolicy", Parameters: of(name, nil)},
			{Operation: "RemovePermission", Parameters: of(name, values{"StatementId": "s"})},
			{Operation: "RemovePermission", Parameters: of(name, values{"StatementId": "s"}), code: "ResourceNotFoundException"},
			{Operation: "PutFunctionEventInvokeConfig", Parameters: of(name, retries)},
			{Operation: "UpdateFunctionEventInvokeConfig", Parameters: of(name, retries)},
			{Operation: "GetFunctionEventInvokeConfig", Parameters: of(name, nil)},
			{Operation: "ListFunctionEventInvokeConfigs", Parameters: of(name, nil)},
			{Operation: "DeleteFunctionEventInvokeConfig", Parameters: of(name, nil)},
			{Operation: "GetFunctionEventInvokeConfig", Parameters: of(name, nil), code: "ResourceNotFoundException"},
			{Operation: "Invoke", Parameters: of(f.name, values{"InvocationType": "DryRun"})},
			{Operation: "InvokeAsync", Parameters: of(f.name, values{"InvokeArgs": octets([]byte("{}"))}), code: "NotImplemented"},
			{Operation: "InvokeWithResponseStream", Parameters: of(f.name, nil), code: "NotImplemented"},
			missing("GetFunction", nil), missing("GetFunctionConfiguration", nil), missing("GetPolicy", nil), missing("AddPermission", permission),
			missing("PublishVersion", nil), missing("DeleteFunction", nil), missing("UpdateFunctionConfiguration", nil), missing("Invoke", nil),
			missing("PutFunctionEventInvokeConfig", retries), missing("PutFunctionConcurrency", values{"ReservedConcurrentExecutions": 1}),
			{Operation: "DeleteAlias", Parameters: of(name, values{"Name": "live"})},
			{Operation: "DeleteFunction", Parameters: of(name, nil)},
		}
		checkEveryOperation(ctx, "lambda", understood(ctx, "lambda", calls))
	})

	It("should tell botocore what became of an invocation", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		type invoked struct {
			StatusCode                                         int
			Payload, ExecutedVersion, FunctionError, LogResult string
		}
		invoke := func(ctx context.Context, code string, parameters values) called {
			GinkgoHelper()
			return understood(ctx, "lambda", []call{{Operation: "Invoke", Parameters: of(f.name, parameters), code: code}})[0]
		}
		answered := parsed[invoked](invoke(ctx, "", values{"Payload": octets([]byte(`{"a": 1}`)), "LogType": "Tail"}))
		Expect(len(answered.LogResult)).To(BeNumerically(">", 100))
		answered.LogResult = ""
		Expect(answered).To(Equal(invoked{StatusCode: 200, Payload: `{"a": 1}`, ExecutedVersion: "$LATEST"}))
		Expect(parsed[invoked](invoke(ctx, "", values{"Payload": octets(do("fail", "no luck"))}))).To(Equal(invoked{
			StatusCode: 200, Payload: `{"errorType":"Function.Broken","errorMessage":"no luck"}`, ExecutedVersion: "$LATEST", FunctionError: "Unhandled",
		}))
		Expect(parsed[invoked](invoke(ctx, "", values{"Payload": octets([]byte("{}")), "InvocationType": "Event"}))).To(Equal(invoked{StatusCode: 202}))
		Expect(parsed[invoked](invoke(ctx, "", values{"InvocationType": "DryRun"}))).To(Equal(invoked{StatusCode: 204}))
		invoke(ctx, "InvalidRequestContentException", values{"Payload": octets([]byte("{"))})
		Expect(invoke(ctx, "RequestTooLargeException", values{"Payload": octets(make([]byte, 6<<20+1))}).Status).To(Equal(413))
		invoke(ctx, "ResourceNotFoundException", values{"Qualifier": "none"})
		understood(ctx, "lambda", []call{{Operation: "PutFunctionConcurrency", Parameters: of(f.name, values{"ReservedConcurrentExecutions": 0})}})
		Expect(invoke(ctx, "TooManyRequestsException", nil).Status).To(Equal(429))
	})
})
