package roles

import (
	"io"
	"net/http"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
)

func TestRoles(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Roles")
}

var _ = Describe("The credentials of a role", func() {
	const given = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>` +
		`<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>`
	var forms []string
	answering := func(status int, body string) http.Handler {
		forms = nil
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			form, _ := io.ReadAll(r.Body)
			forms = append(forms, string(form))
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
	}

	It("should be asked for once for each session", func(ctx SpecContext) {
		roles := New(answering(http.StatusOK, given))
		for range 3 {
			Expect(roles.Assume(ctx, "us-east-1", "arn:role", "f")).To(Equal(lambdarun.Credentials{AccessKeyID: "ASIA", SecretAccessKey: "s", SessionToken: "t"}))
		}
		_, err := roles.Assume(ctx, "us-east-1", "arn:role", "g")
		Expect(err).NotTo(HaveOccurred())
		Expect(forms).To(Equal([]string{
			"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Arole&RoleSessionName=f",
			"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Arole&RoleSessionName=g",
		}))
	})

	DescribeTable("should not be made up where moto does not give them",
		func(ctx SpecContext, status int, body, complaint string) {
			roles := New(answering(status, body))
			for range 2 {
				_, err := roles.Assume(ctx, "us-east-1", "arn:role", "f")
				Expect(err).To(MatchError(ContainSubstring("assuming the role arn:role: " + complaint)))
			}
			Expect(forms).To(HaveLen(2), "it is asked again")
		},
		Entry("but refuses", http.StatusForbidden, given, "asking sts for AssumeRole: Forbidden: <AssumeRoleResponse>"),
		Entry("but answers something else", http.StatusOK, "<html>", "decoding the answer of sts to AssumeRole"),
		Entry("but answers nothing", http.StatusOK, "<AssumeRoleResponse/>", "moto gave no credentials"),
	)
})
