package awsreq

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const credential = "AKID/20260101/eu-west-1/"

// signed makes a request that is signed for a service.
func signed(service string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+credential+service+"/aws4_request, SignedHeaders=host, Signature=x")
	return r
}

var _ = Describe("Classifying a request", func() {
	It("should read the service, region and caller off the signature", func() {
		Expect(Classify(signed("s3"))).To(Equal(Info{Service: "s3", Region: "eu-west-1", AccessKey: "AKID"}))
	})

	It("should read a signature for several regions, which names none", func() {
		r := signed("s3")
		r.Header.Set("Authorization", "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, SignedHeaders=host, Signature=x")
		Expect(Classify(r)).To(Equal(Info{Service: "s3", Region: DefaultRegion, AccessKey: "AKID"}))
	})

	It("should take the old signature for S3's", func() {
		r := httptest.NewRequest(http.MethodGet, "/b/k", http.NoBody)
		r.Header.Set("Authorization", "AWS AKID:signature")
		Expect(Classify(r)).To(Equal(Info{Service: "s3", Region: DefaultRegion, AccessKey: "AKID"}))
	})

	It("should read a presigned address", func() {
		r := httptest.NewRequest(http.MethodGet, "/b/k?X-Amz-Credential="+strings.ReplaceAll(credential, "/", "%2F")+"s3%2Faws4_request&X-Amz-Signature=x", http.NoBody)
		Expect(Classify(r)).To(Equal(Info{Service: "s3", Region: "eu-west-1", AccessKey: "AKID"}))
	})

	It("should call EventBridge by the name that moto calls it", func() {
		Expect(Classify(signed("eventbridge")).Service).To(Equal("events"))
	})

	It("should read the operation off the target", func() {
		r := signed("config")
		r.Header.Set("X-Amz-Target", "StarlingDoveService.PutConfigRule")
		Expect(Classify(r).Operation).To(Equal("PutConfigRule"))
	})

	It("should read the operation off the path of the CBOR protocol", func() {
		r := signed("monitoring")
		r.URL.Path = "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm"
		Expect(Classify(r).Operation).To(Equal("PutMetricAlarm"))
	})

	It("should read the operation off a form, and leave the form to be read", func() {
		form := "Action=Publish&Version=2010-03-31&Message=" + strings.Repeat("x", 4096)
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		r.Header.Set("Authorization", signed("sns").Header.Get("Authorization"))
		Expect(Classify(r)).To(Equal(Info{Service: "sns", Region: "eu-west-1", AccessKey: "AKID", Operation: "Publish"}))
		Expect(io.ReadAll(r.Body)).To(BeEquivalentTo(form))
	})

	It("should read the operation off the query", func() {
		r := httptest.NewRequest(http.MethodGet, "/?Action=GetCallerIdentity&Version=2011-06-15", http.NoBody)
		Expect(Classify(r).Operation).To(Equal("GetCallerIdentity"))
	})

	DescribeTable("should guess the service of an unsigned request",
		func(method, target, header, service string) {
			r := httptest.NewRequest(method, target, http.NoBody)
			r.Header.Set("X-Amz-Target", header)
			Expect(Classify(r)).To(HaveField("Service", service))
			Expect(Classify(r)).To(HaveField("AccessKey", BeEmpty()))
		},
		Entry("from the target", http.MethodPost, "/", "AmazonSQS.ListQueues", "sqs"),
		Entry("from the path of Lambda", http.MethodGet, "/2015-03-31/functions/x", "", "lambda"),
		Entry("from a web identity", http.MethodPost, "/?Action=AssumeRoleWithWebIdentity", "", "sts"),
		Entry("or take it for S3's", http.MethodGet, "/bucket/key", "", "s3"),
	)
})

var _ = Describe("A request's body", func() {
	It("should be there again after it was read", func() {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("abc"))
		Expect(Body(r, 3)).To(BeEquivalentTo("abc"))
		Expect(io.ReadAll(r.Body)).To(BeEquivalentTo("abc"))
	})

	It("should be refused over the limit", func() {
		_, err := Body(httptest.NewRequest(http.MethodPost, "/", strings.NewReader("abcd")), 3)
		Expect(err).To(MatchError(ErrTooLarge))
	})

	It("should tell when it breaks off", func() {
		broken := io.MultiReader(strings.NewReader("a"), brokenReader{})
		_, err := Body(httptest.NewRequest(http.MethodPost, "/", broken), 3)
		Expect(err).To(MatchError(ContainSubstring("reading the request's body: torn")))
	})

	It("should be empty where there is none", func() {
		Expect(Body(&http.Request{}, 3)).To(BeEmpty())
	})
})

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("torn") }

var _ = Describe("What a request says about itself", func() {
	It("should be in its context, and take the operation's name from whom the path tells it", func() {
		info := Info{Service: "lambda"}
		r := With(httptest.NewRequest(http.MethodGet, "/", http.NoBody), &info)
		SetOperation(r, "Invoke")
		Expect(From(r)).To(Equal(Info{Service: "lambda", Operation: "Invoke"}))
		Expect(info.Operation).To(Equal("Invoke"))
	})

	It("should be nothing where nobody put it", func() {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		SetOperation(r, "x")
		Expect(From(r)).To(Equal(Info{}))
	})
})
