package localcloud_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// values are the parameters of a call.
type values = map[string]any

// call is one call that botocore is to make, and the error that is expected, if any.
type call struct {
	Service     string   `json:"service"`
	Operation   string   `json:"operation"`
	Parameters  values   `json:"parameters,omitempty"`
	Credentials []string `json:"credentials,omitempty"` // key, secret and token; the account's own if empty
	code        string
}

// called is what came of it.
type called struct {
	Operation string          `json:"operation"`
	Status    int             `json:"status"`
	Code      string          `json:"code"`
	Faults    []string        `json:"faults"`
	Parsed    json.RawMessage `json:"parsed"`
}

// interpreter is a process that makes calls with botocore, as boto3 and the AWS CLI do.
type interpreter struct {
	calls   *json.Encoder
	answers *json.Decoder
	end     func() error
}

// botocore is the one interpreter of the suite, which the first who asks starts: botocore takes long to read its models.
var botocore = sync.OnceValues(func() (*interpreter, error) {
	command := exec.Command("python3", filepath.Join("testdata", "botocore_check.py"), cloud.Endpoint())
	command.Stderr = GinkgoWriter
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	endBotocore = func() error {
		in.Close() // that is what ends it
		return command.Wait()
	}
	return &interpreter{calls: json.NewEncoder(in), answers: json.NewDecoder(out), end: endBotocore}, command.Start()
})

// endBotocore ends the interpreter, if there is one.
var endBotocore = func() error { return nil }

// understood makes calls with botocore, has each answer that the gateway has a hand in checked against the service's model,
// and gives what botocore understood. An error that is not expected fails the spec, and so does one that does not come.
func understood(ctx context.Context, service string, calls []call) []called {
	GinkgoHelper()
	python, err := botocore()
	Expect(err).NotTo(HaveOccurred())
	own := ownOperations(ctx)
	var answers []called
	for _, one := range calls {
		if one.Service == "" {
			one.Service = service
		}
		Expect(ctx.Err()).NotTo(HaveOccurred())
		Expect(python.calls.Encode(one)).To(Succeed())
		var answer called
		Expect(python.answers.Decode(&answer)).To(Succeed(), "%s %s %v", one.Service, one.Operation, one.Parameters)
		By(one.Operation + " " + answer.Code)
		if slices.Contains(own[signing(one.Service)], one.Operation) || answer.Code != "" {
			Expect(answer.Faults).To(BeEmpty(), "%s %s %v", one.Service, one.Operation, one.Parameters)
		}
		Expect(answer.Code).To(Equal(one.code), "%s %s %v", one.Service, one.Operation, one.Parameters)
		answers = append(answers, answer)
	}
	return answers
}

// signing is a service's signing name.
func signing(service string) string {
	if service == "cloudwatch" {
		return "monitoring"
	}
	return service
}

// ownOperations are those that the gateway answers itself or mends, by service.
func ownOperations(ctx context.Context) map[string][]string {
	GinkgoHelper()
	status, body := send(ctx, http.MethodGet, "/_localcloud/operations", nil, nil)
	Expect(status).To(Equal(http.StatusOK))
	var all map[string][]string
	Expect(json.Unmarshal([]byte(body), &all)).To(Succeed())
	return all
}

// checkEveryOperation fails the spec where the gateway has a hand in an operation that botocore has not understood an
// answer of.
func checkEveryOperation(ctx context.Context, service string, answers []called) {
	GinkgoHelper()
	own := ownOperations(ctx)[signing(service)]
	Expect(own).NotTo(BeEmpty())
	answered := map[string]bool{}
	for _, one := range answers {
		answered[one.Operation] = answered[one.Operation] || one.Code == "" || one.Code == "NotImplemented"
	}
	for _, operation := range own {
		Expect(answered).To(HaveKeyWithValue(operation, true), "each operation that is answered here must be checked")
	}
}

var _ = Describe("What the gateway answers itself", func() {
	It("should be checked with botocore for each service", func(ctx SpecContext) {
		Expect(slices.Collect(maps.Keys(ownOperations(ctx)))).To(ConsistOf(
			"config", "events", "kms", "lambda", "logs", "monitoring", "s3", "sns", "sqs"), "each has a spec with checkEveryOperation")
	})
})
