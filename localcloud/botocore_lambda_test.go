package localcloud_test

import (
	"encoding/json"
	"os/exec"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// askBotocore invokes a function in several ways with botocore, which the AWS CLI is made of, and tells what it
// understood. Answers are checked against the service model.
const askBotocore = `
import json, sys
import botocore.config, botocore.session
from botocore.validate import ParamValidator

endpoint, name = sys.argv[1:]
session = botocore.session.Session()
session.set_credentials("test", "test")
client = session.create_client("lambda", region_name="us-east-1", endpoint_url=endpoint,
                               config=botocore.config.Config(retries={"total_max_attempts": 1}))
model = client.meta.service_model.operation_model("Invoke")

def invoke(**arguments):
    try:
        answer = client.invoke(FunctionName=name, **arguments)
    except client.exceptions.ClientError as error:
        known = {shape.name for shape in model.error_shapes}
        return {"error": error.response["Error"]["Code"], "known": type(error).__name__ in known, "reason": error.response.get("Reason", "")}
    answer.pop("ResponseMetadata")
    payload = answer["Payload"].read()
    answer["Payload"] = payload
    faults = ParamValidator().validate(answer, model.output_shape)
    unknown = set(answer) - set(model.output_shape.members)
    return {"status": answer["StatusCode"], "payload": payload.decode(), "version": answer.get("ExecutedVersion", ""),
            "functionError": answer.get("FunctionError", ""), "log": len(answer.get("LogResult", "")), "faults": faults.generate_report() + str(unknown or "")}

result = {
    "answered": invoke(Payload=b'{"a": 1}', LogType="Tail"),
    "failed": invoke(Payload=b'{"Do": "fail", "Text": "no luck"}'),
    "queued": invoke(Payload=b"{}", InvocationType="Event"),
    "dry": invoke(InvocationType="DryRun"),
    "malformed": invoke(Payload=b"{"),
    "large": invoke(Payload=b" " * (6 << 20) + b"1"),
    "unknown": invoke(Qualifier="none"),
}
client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
result["throttled"] = invoke()
print(json.dumps(result))
`

var _ = Describe("Invoking a function with botocore", func() {
	It("should be understood", func(ctx SpecContext) {
		f := deploy(ctx, client, nil)
		said, err := exec.CommandContext(ctx, "python3", "-c", askBotocore, *client.BaseEndpoint, f.name).Output()
		Expect(err).NotTo(HaveOccurred())
		type understood struct {
			Status                                  int
			Payload, Version, FunctionError, Faults string
			Log                                     int
			Error, Reason                           string
			Known                                   bool
		}
		var result map[string]understood
		Expect(json.Unmarshal(said, &result)).To(Succeed(), string(said))
		answered := result["answered"]
		Expect(answered.Log).To(BeNumerically(">", 100))
		answered.Log = 0
		Expect(answered).To(Equal(understood{Status: 200, Payload: `{"a": 1}`, Version: "$LATEST"}))
		Expect(result["failed"]).To(Equal(understood{
			Status: 200, Payload: `{"errorType":"Function.Broken","errorMessage":"no luck"}`, Version: "$LATEST", FunctionError: "Unhandled",
		}))
		Expect(result["queued"]).To(Equal(understood{Status: 202}))
		Expect(result["dry"]).To(Equal(understood{Status: 204}))
		Expect(result["malformed"]).To(Equal(understood{Error: "InvalidRequestContentException", Known: true}))
		Expect(result["large"]).To(Equal(understood{Error: "RequestTooLargeException", Known: true}))
		Expect(result["unknown"]).To(Equal(understood{Error: "ResourceNotFoundException", Known: true}))
		Expect(result["throttled"]).To(Equal(understood{
			Error: "TooManyRequestsException", Known: true, Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
		}))
	})
})
