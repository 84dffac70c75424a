package relay_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

var _ = Describe("A question in the query protocol", func() {
	caller := relay.Caller{Service: "sns", Region: "eu-west-1"}
	answering := func(status int, body string) (service http.Handler, heard *string) {
		heard = new(string)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			form, err := io.ReadAll(r.Body)
			Expect(err).NotTo(HaveOccurred())
			*heard = r.Header.Get("Content-Type") + " " + string(form)
			Expect(r.Header.Get("Authorization")).To(ContainSubstring("/eu-west-1/sns/aws4_request"))
			w.WriteHeader(status)
			io.WriteString(w, body)
		}), heard
	}

	It("should name its action first, and have its answer read", func(ctx SpecContext) {
		sns, heard := answering(http.StatusOK, `<R><GetTopicAttributesResult><Attributes><entry><key>A</key><value>b</value></entry></Attributes></GetTopicAttributesResult></R>`)
		attributes, err := relay.Topic(ctx, sns, caller, "arn:topic")
		Expect(err).NotTo(HaveOccurred())
		Expect(attributes.Get("A")).To(Equal("b"))
		Expect(attributes.Get("B")).To(BeEmpty())
		Expect(*heard).To(Equal("application/x-www-form-urlencoded Action=GetTopicAttributes&Version=2010-03-31&TopicArn=arn%3Atopic"))
	})

	It("should not need an answer to read", func(ctx SpecContext) {
		sns, _ := answering(http.StatusOK, "anything")
		Expect(relay.Query(ctx, sns, caller, "Publish", url.Values{}, nil)).To(Succeed())
	})

	DescribeTable("should tell the service's error",
		func(ctx SpecContext, body string, wanted awserr.Error) {
			sns, _ := answering(http.StatusNotFound, body)
			err := relay.Query(ctx, sns, caller, "Publish", url.Values{}, nil)
			var fault *awserr.Error
			Expect(errors.As(err, &fault)).To(BeTrue())
			Expect(*fault).To(Equal(wanted))
			Expect(err).To(MatchError(HavePrefix("asking sns for Publish: ")))
		},
		Entry("as it has it", `<ErrorResponse><Error><Code>NotFound</Code><Message>no topic</Message></Error></ErrorResponse>`,
			awserr.Error{Status: 404, Code: "NotFound", Message: "no topic"}),
		Entry("or its status and what it said", "no such page", awserr.Error{Status: 404, Code: "Not Found", Message: "no such page"}),
	)

	It("should tell that an answer can't be read", func(ctx SpecContext) {
		sns, _ := answering(http.StatusOK, "<broken")
		Expect(relay.Query(ctx, sns, caller, "ListTopics", url.Values{}, &struct{}{})).To(
			MatchError(HavePrefix("decoding the answer of sns to ListTopics: ")))
	})
})
