package evaluate

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// answers is an AWS that answers operations of the query protocol, one page after the other.
type answers map[string][]string

// ServeHTTP implements [http.Handler].
func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	Expect(err).NotTo(HaveOccurred())
	form, err := url.ParseQuery(string(body))
	Expect(err).NotTo(HaveOccurred())
	pages := a[form.Get("Action")]
	if len(pages) == 0 {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>")
		return
	}
	page := 0
	if marker := form.Get("Marker"); marker != "" {
		page = int(marker[0] - '0')
	}
	fmt.Fprint(w, pages[page])
}

var _ = Describe("An account", func() {
	evaluate := func(aws http.Handler, request Request) ([]Verdict, error) {
		return NewAccount(aws, "us-east-1", time.Now()).Evaluate(context.Background(), request)
	}
	database := func(id string, protected bool, marker string) string {
		return fmt.Sprintf(`<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance><DbiResourceId>%s</DbiResourceId>`+
			`<DeletionProtection>%t</DeletionProtection></DBInstance></DBInstances>%s</DescribeDBInstancesResult></DescribeDBInstancesResponse>`, id, protected, marker)
	}
	protection := Request{Identifier: "RDS_INSTANCE_DELETION_PROTECTION_ENABLED", Types: []string{"AWS::RDS::DBInstance"}}

	It("should be read page by page", func() {
		verdicts, err := evaluate(answers{"DescribeDBInstances": {database("a", true, "<Marker>1</Marker>"), database("b", false, "")}}, protection)
		Expect(err).NotTo(HaveOccurred())
		Expect(verdicts).To(HaveExactElements(
			And(HaveField("ID", "a"), HaveField("Compliance", Compliant)), And(HaveField("ID", "b"), HaveField("Compliance", NonCompliant))))
	})

	It("should be asked for one resource", func() {
		request := protection
		request.ID = "b"
		Expect(evaluate(answers{"DescribeDBInstances": {database("a", true, "<Marker>1</Marker>"), database("b", false, "")}}, request)).
			To(HaveExactElements(HaveField("ID", "b")))
	})

	It("should be asked for no type that is not wanted", func() {
		Expect(evaluate(answers{}, Request{Identifier: protection.Identifier})).To(BeEmpty())
	})

	It("should say what could not be read", func() {
		_, err := evaluate(answers{}, protection)
		Expect(err).To(MatchError(And(ContainSubstring(protection.Identifier), ContainSubstring("listing AWS::RDS::DBInstance"), ContainSubstring("Throttling"))))
	})

	It("should say what could not be understood", func() {
		_, err := evaluate(answers{"DescribeDBInstances": {"<broken"}}, protection)
		Expect(err).To(MatchError(ContainSubstring("decoding the answer to rds DescribeDBInstances")))
	})

	It("should narrow to what has a tag", func() {
		instances := `<DescribeInstancesResponse><reservationSet><item><instancesSet>` +
			`<item><instanceId>a</instanceId><tagSet><item><key>k</key><value>v</value></item></tagSet></item>` +
			`<item><instanceId>b</instanceId><tagSet><item><key>k</key><value>w</value></item></tagSet></item>` +
			`<item><instanceId>c</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`
		request := Request{Identifier: "EC2_IMDSV2_CHECK", Types: []string{"AWS::EC2::Instance"}, Tag: Tag{Key: "k"}}
		Expect(evaluate(answers{"DescribeInstances": {instances}}, request)).To(HaveExactElements(HaveField("ID", "a"), HaveField("ID", "b")))
		request.Tag.Value = "w"
		Expect(evaluate(answers{"DescribeInstances": {instances}}, request)).To(HaveExactElements(HaveField("ID", "b")))
	})
})

var _ = Describe("The evaluators", func() {
	It("should name the types that they look at", func() {
		Expect(len(Identifiers())).To(BeNumerically(">=", 55))
		for _, identifier := range Identifiers() {
			Expect(Known(identifier)).To(BeTrue())
			Expect(Types(identifier)).NotTo(BeEmpty())
			for _, kind := range Types(identifier) {
				Expect(kind).To(MatchRegexp(`^AWS::[A-Za-z0-9]*::[A-Za-z]+$`))
			}
		}
		Expect(Known("EC2_INSTANCE_MANAGED_BY_SSM")).To(BeFalse())
	})
})

func FuzzExceptions(f *testing.F) {
	f.Add("users:[u1;u2], groups:[g], roles:[r1;r2]")
	f.Add("users:[")
	f.Add("],")
	f.Fuzz(func(t *testing.T, text string) {
		for kind, names := range exceptions(text) {
			for _, name := range names {
				if !strings.Contains(text, name) || !strings.Contains(text, kind) {
					t.Fatalf("%q has %s of %s", text, name, kind)
				}
			}
		}
	})
}
