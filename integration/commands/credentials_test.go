package commands_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// stsRefuses answers every call as AWS STS does to bad credentials.
func stsRefuses(code, message string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>`+
			`<Code>%s</Code><Message>%s</Message></Error><RequestId>4f7a1b0e-0000-0000-0000-000000000000</RequestId></ErrorResponse>`,
			code, message)
	}))
	DeferCleanup(server.Close)
	return server.URL
}

var _ = Describe("A stack on AWS", func() {
	var c command

	// A cache of its own shows whether tools would have been built.
	BeforeEach(func() {
		c = onCloud(newCheckout(), "creds").with("XDG_CACHE_HOME", GinkgoT().TempDir())
	})

	AfterEach(func() {
		Expect(filepath.Glob(filepath.Join(c.env["XDG_CACHE_HOME"], "*"))).To(BeEmpty())
		Expect(filepath.Glob(filepath.Join(c.env["backend"], "*"))).To(BeEmpty())
		Expect(filepath.Glob(c.path("build"))).To(BeEmpty())
	})

	DescribeTable("should be left alone with credentials that",
		func(code, message string, texts ...string) {
			c = c.with("AWS_ENDPOINT_URL", stsRefuses(code, message))
			for _, args := range [][]string{{"up", "foundation"}, {"preview", "foundation"}, {"destroy", "foundation", "--yes"}} {
				c.fail(args, append(texts, "nothing was changed", message)...)
			}
		},
		Entry("have expired", "ExpiredToken", "The security token included in the request is expired",
			"the AWS credentials have expired", "aws sso login", "run the same command again"),
		Entry("AWS does not know", "InvalidClientTokenId", "The security token included in the request is invalid.",
			"AWS does not accept the credentials", "AWS_ACCESS_KEY_ID"),
	)

	It("should be left alone with credentials of another account than it expects", func() {
		c.settings("prod", "foundation", "environment: creds", `accountId: "999999999999"`, "local: true")
		for _, args := range [][]string{{"up", "foundation"}, {"destroy", "foundation", "--yes"}} {
			c.fail(args, "nothing was changed", "belong to account "+account, "stack prod expects account 999999999999",
				"stacks/foundation/Pulumi.prod.yaml")
		}
	})

	It("should be left alone without credentials", func() {
		c = c.without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY").with("AWS_EC2_METADATA_DISABLED", "true").
			with("HOME", GinkgoT().TempDir())
		c.fail([]string{"up", "foundation"}, "nothing was changed", "finding AWS credentials", "'aws sso login'", "AWS_PROFILE")
	})

	It("should be left alone where AWS can't be reached", func() {
		c = c.with("AWS_ENDPOINT_URL", "http://"+freeAddress())
		c.fail([]string{"up", "foundation"}, "nothing was changed", "AWS can't be reached", "connection refused", "check the network")
	})

	It("should be left alone without a backend for its state", func() {
		c = c.without("PULUMI_BACKEND_URL")
		c.fail([]string{"up", "foundation"}, "PULUMI_BACKEND_URL is not set", "stack prod", "s3://BUCKET?region=us-east-1")
	})

	It("should be left alone where the folder of its state is missing", func() {
		c = c.with("PULUMI_BACKEND_URL", "file:///no/such/folder")
		c.fail([]string{"up", "foundation"}, "PULUMI_BACKEND_URL is file:///no/such/folder", "make it")
	})
})
