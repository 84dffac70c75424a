package localcloud_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// send sends a request to the shared instance and gives the status and the body.
func send(ctx context.Context, method, path string, header http.Header, body io.Reader) (int, string) {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(ctx, method, cloud.Endpoint()+path, body)
	Expect(err).NotTo(HaveOccurred())
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := plain.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	return response.StatusCode, string(content)
}

// authorization is the header of a request that is signed for a service; nobody checks the signature.
func authorization(service string) http.Header {
	return http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=x"}}
}

// pathStyle is a client of S3 that puts buckets into the path.
func pathStyle() *s3.Client {
	return s3.NewFromConfig(client, func(o *s3.Options) { o.UsePathStyle = true })
}

// makeBucket makes a bucket for one spec.
func makeBucket(ctx context.Context) string {
	GinkgoHelper()
	name := "bucket-" + strings.ToLower(rand.Text())
	_, err := pathStyle().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
	Expect(err).NotTo(HaveOccurred())
	return name
}

// crowd is how many calls at a time the gateway has to hold.
const crowd = 200

// held is the body of an upload that waits, once the gateway asks for it, until all others are asked for, too.
type held struct {
	io.Reader
	first    sync.Once
	underWay *sync.WaitGroup
}

// Read implements [io.Reader].
func (h *held) Read(into []byte) (int, error) {
	h.first.Do(func() {
		h.underWay.Done()
		h.underWay.Wait()
	})
	return h.Reader.Read(into)
}

// upload puts an object whose body is held, and says what went wrong, or nothing.
func upload(ctx context.Context, patient *http.Client, path, content string, underWay *sync.WaitGroup) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, cloud.Endpoint()+path, &held{Reader: strings.NewReader(content), underWay: underWay})
	if err != nil {
		return err.Error()
	}
	request.Header, request.ContentLength = authorization("s3"), int64(len(content))
	request.Header.Set("Expect", "100-continue") // the body is not sent before the gateway wants it
	response, err := patient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	if said, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		return fmt.Sprintf("%s: %s %v", response.Status, said, err)
	}
	return ""
}

var _ = Describe("The gateway", func() {
	It("should tell its health", func(ctx SpecContext) {
		status, body := send(ctx, http.MethodGet, "/_localcloud/health", nil, nil)
		Expect(status).To(Equal(http.StatusOK))
		var health localcloud.Health
		Expect(json.Unmarshal([]byte(body), &health)).To(Succeed())
		Expect(health).To(And(
			HaveField("Name", "localcloud"), HaveField("Status", "ready"), HaveField("Instance", cloud.Instance()),
			HaveField("PID", os.Getpid()), HaveField("Version", localcloud.Version()), HaveField("Moto", "5.2.1"),
			HaveField("MotoPID", BeNumerically(">", 0)), HaveField("StartTimes.Total", BeNumerically(">", 0)),
		))
	})

	DescribeTable("should refuse",
		func(ctx SpecContext, method, path string, header http.Header, expected int) {
			status, _ := send(ctx, method, path, header, nil)
			Expect(status).To(Equal(expected))
		},
		Entry("an endpoint that it does not have", http.MethodGet, "/_localcloud/nothing", nil, http.StatusNotFound),
		Entry("a shutdown by GET", http.MethodGet, "/_localcloud/shutdown", nil, http.StatusMethodNotAllowed),
		Entry("a shutdown by a page", http.MethodPost, "/_localcloud/shutdown", http.Header{"Origin": {"http://example.com"}}, http.StatusForbidden),
		Entry("a change of its health", http.MethodPost, "/_localcloud/health", nil, http.StatusMethodNotAllowed),
		Entry("any request of a page", http.MethodGet, "/", http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.StatusForbidden),
	)

	It("should refuse a control request under a name that is not this machine's", func(ctx SpecContext) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, cloud.Endpoint()+"/_localcloud/health", nil)
		Expect(err).NotTo(HaveOccurred())
		request.Host = "rebound.example.com"
		response, err := plain.Do(request)
		Expect(err).NotTo(HaveOccurred())
		Expect(response.Body.Close()).To(Succeed())
		Expect(response.StatusCode).To(Equal(http.StatusForbidden))
	})

	It("should pass on what it does not mend", func(ctx SpecContext) {
		identity, err := sts.NewFromConfig(client).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(*identity.Account).To(Equal("123456789012"))
	})

	It("should have AWS's managed policies", func(ctx SpecContext) {
		for _, name := range []string{"AWS_ConfigRole", "AWSConfigRoleForOrganizations"} {
			arn := "arn:aws:iam::aws:policy/service-role/" + name
			_, err := iam.NewFromConfig(client).GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
			Expect(err).NotTo(HaveOccurred())
		}
	})

	It("should refuse an operation that moto does not have at once, and name it", func(ctx SpecContext) {
		start := time.Now()
		_, err := configservice.NewFromConfig(client).DescribeConformancePacks(ctx, &configservice.DescribeConformancePacksInput{})
		Expect(err).To(MatchError(And(ContainSubstring("NotImplemented"), ContainSubstring("describe_conformance_packs"))))
		Expect(time.Since(start)).To(BeNumerically("<", 10*time.Second), "an SDK must not try again and again")
	})

	It("should log each request", func(ctx SpecContext) {
		bucket := makeBucket(ctx)
		Eventually(func() (string, error) {
			content, err := os.ReadFile(filepath.Join(folder, "state", "requests.log"))
			return string(content), err
		}).Should(MatchRegexp(`PUT +s3 +CreateBucket +200 +[\d.]+ms /` + bucket))
	})

	It("should answer 200 calls at a time, each rightly", func(ctx SpecContext) {
		bucket := makeBucket(ctx)
		underWay := &sync.WaitGroup{} // so that none ends before all have begun
		underWay.Add(crowd)
		patient := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}
		var calls sync.WaitGroup
		faults := make([]string, crowd)
		for i := range crowd {
			calls.Go(func() {
				faults[i] = upload(ctx, patient, fmt.Sprintf("/%s/key-%d", bucket, i), fmt.Sprintf("content %d", i), underWay)
			})
		}
		calls.Wait()
		Expect(faults).To(HaveEach(BeEmpty()))
		for i := range crowd {
			_, content := send(ctx, http.MethodGet, fmt.Sprintf("/%s/key-%d", bucket, i), authorization("s3"), nil)
			Expect(content).To(Equal(fmt.Sprintf("content %d", i)))
		}
	}, SpecTimeout(time.Minute))
})

var _ = Describe("S3 through the gateway", func() {
	var bucket string

	BeforeEach(func(ctx SpecContext) { bucket = makeBucket(ctx) })

	// roundTrip writes an object, reads it back, and compares.
	roundTrip := func(ctx context.Context, s3client *s3.Client, key string, content []byte) {
		GinkgoHelper()
		_, err := s3client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content)})
		Expect(err).NotTo(HaveOccurred())
		got, err := s3client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		Expect(err).NotTo(HaveOccurred())
		defer got.Body.Close()
		Expect(io.ReadAll(got.Body)).To(Equal(content))
	}

	It("should find a bucket in the host", func(ctx SpecContext) {
		dialer := &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, strings.TrimPrefix(cloud.Endpoint(), "http://"))
			},
		}}
		byHost := s3.NewFromConfig(client, func(o *s3.Options) {
			o.BaseEndpoint = aws.String("http://s3.localhost")
			o.HTTPClient = dialer
		})
		roundTrip(ctx, byHost, "a/b", []byte("by host"))
	})

	DescribeTable("should keep a key as it is",
		func(ctx SpecContext, key string) { roundTrip(ctx, pathStyle(), key, []byte(key)) },
		Entry("with spaces and signs", "a b+c&d=e;f,g@h"),
		Entry("with letters of other alphabets", "größe/日本.json"),
		Entry("with a percent sign", "100%/50%25"),
		Entry("with two slashes", "a//b"),
		Entry("with dots", "a/./b"),
	)

	It("should take and give a large object, of which the client waits to send the body", func(ctx SpecContext) {
		content := make([]byte, 12<<20)
		_, err := rand.Read(content)
		Expect(err).NotTo(HaveOccurred())
		roundTrip(ctx, pathStyle(), "large", content)
	}, SpecTimeout(time.Minute))

	It("should take a body in AWS's chunks", func(ctx SpecContext) {
		header := authorization("s3")
		header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		header.Set("X-Amz-Decoded-Content-Length", "5")
		header.Set("Content-Encoding", "aws-chunked")
		header.Set("X-Amz-Trailer", "x-amz-checksum-crc32")
		body := "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
		status, _ := send(ctx, http.MethodPut, "/"+bucket+"/chunked", header, strings.NewReader(body))
		Expect(status).To(Equal(http.StatusOK))
		status, content := send(ctx, http.MethodGet, "/"+bucket+"/chunked", authorization("s3"), nil)
		Expect(status).To(Equal(http.StatusOK))
		Expect(content).To(Equal("hello"))
	})

	It("should tell an object's size without its body", func(ctx SpecContext) {
		roundTrip(ctx, pathStyle(), "k", []byte("12345"))
		head, err := pathStyle().HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("k")})
		Expect(err).NotTo(HaveOccurred())
		Expect(*head.ContentLength).To(BeEquivalentTo(5))
	})

	It("should answer a presigned address", func(ctx SpecContext) {
		roundTrip(ctx, pathStyle(), "k", []byte("presigned"))
		address, err := s3.NewPresignClient(pathStyle()).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("k")})
		Expect(err).NotTo(HaveOccurred())
		_, content := send(ctx, http.MethodGet, strings.TrimPrefix(address.URL, cloud.Endpoint()), nil, nil)
		Expect(content).To(Equal("presigned"))
	})

	It("should write only what is not there when asked to", func(ctx SpecContext) {
		put := func() error {
			_, err := pathStyle().PutObject(ctx, &s3.PutObjectInput{
				Bucket: &bucket, Key: aws.String("once"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*"),
			})
			return err
		}
		Expect(put()).To(Succeed())
		Expect(put()).To(MatchError(ContainSubstring("PreconditionFailed")))
	})
})
