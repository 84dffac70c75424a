package authz

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// theirs is a case that conformance/generate.mjs has made, with what @cloud-copilot/iam-simulate decides.
type theirs struct {
	Identity       []json.RawMessage
	ResourcePolicy json.RawMessage
	Action         string
	Resource       string
	Principal      string
	Context        map[string]values
	Decision       string
}

// values are one value or several.
type values []string

// UnmarshalJSON implements [json.Unmarshaler].
func (v *values) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*v = values{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(v))
}

// decided is what we decide about a case.
func (c theirs) decided() string {
	GinkgoHelper()
	read := func(text json.RawMessage) *policy.Document {
		document, err := policy.Parse(text)
		Expect(err).NotTo(HaveOccurred(), string(text))
		return document
	}
	keys := policy.Keys{}
	for name, values := range c.Context {
		keys.Set(name, values...)
	}
	principal := policy.Principal{Service: c.Principal}
	if strings.HasPrefix(c.Principal, "arn:") {
		principal = policy.Principal{ARN: c.Principal, Account: "123456789012"}
	}
	request := policy.Request{Action: c.Action, Resource: c.Resource, Keys: keys, Principal: principal}
	var documents []*policy.Document
	for _, text := range c.Identity {
		documents = append(documents, read(text))
	}
	var resource policy.Decision
	if c.ResourcePolicy != nil {
		document := read(c.ResourcePolicy)
		if strings.HasPrefix(c.Action, "kms:") && silent(document, request) {
			return "ImplicitlyDenied"
		}
		resource = document.Grants(request)
	}
	decision, _ := judge(decide(documents, request), resource)
	return map[string]string{Allowed: "Allowed", ExplicitDeny: "ExplicitlyDenied", ImplicitDeny: "ImplicitlyDenied"}[decision]
}

var _ = Describe("The decision about a role's request", func() {
	It("should be that of iam-simulate, for generated policies and the project's own", func() {
		file, err := os.Open("testdata/decisions.ndjson.gz")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(file.Close)
		unpacked, err := gzip.NewReader(file)
		Expect(err).NotTo(HaveOccurred())
		lines := bufio.NewScanner(unpacked)
		lines.Buffer(nil, 1<<20)
		cases, different := 0, []string{}
		for lines.Scan() {
			var one theirs
			Expect(json.Unmarshal(lines.Bytes(), &one)).To(Succeed())
			cases++
			if ours := one.decided(); ours != one.Decision {
				different = append(different, fmt.Sprintf("%s where they say %s: %s on %s by %s, %v, policies %s %s", ours, one.Decision,
					one.Action, one.Resource, one.Principal, one.Context, one.ResourcePolicy, one.Identity))
			}
		}
		Expect(lines.Err()).NotTo(HaveOccurred())
		Expect(cases).To(BeNumerically(">=", 8900))
		Expect(len(different)).To(BeZero(), "of %d; the first ones:\n%s", cases, strings.Join(different[:min(3, len(different))], "\n"))
	})
})
