package awshttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
)

const (
	slowDown  = `<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`
	published = `<PublishResponse><PublishResult><MessageId>message-1</MessageId></PublishResult></PublishResponse>`
)

// text is a document of that content.
func text(content string) documents.Write {
	return documents.Write{Body: strings.NewReader(content), ContentType: "text/plain"}
}

var _ = Describe("A client", func() {
	var (
		handle   http.HandlerFunc
		calls    atomic.Int64
		settings awshttp.Settings
		bucket   *awshttp.Bucket
		topics   *awshttp.SNS
	)
	ctx := context.Background()

	BeforeEach(func() {
		calls.Store(0)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			handle(w, r)
		}))
		DeferCleanup(server.Close)
		settings = awshttp.Settings{
			Region: "us-east-1", Endpoint: server.URL, MaxBackoff: time.Millisecond,
			Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "session"),
		}
	})

	JustBeforeEach(func() {
		bucket, topics = awshttp.NewBucket(settings, "reports"), awshttp.NewSNS(settings)
	})

	publish := func() (string, error) {
		return topics.Publish(ctx, awshttp.Message{
			Topic: "arn:topic", Subject: "A subject", Body: "Body & more",
			Attributes: map[string]awshttp.Attribute{"severity": {Type: "String", Value: "high"}, "a": {Type: "String.Array", Value: "b/c"}},
		})
	}
	put := func() error {
		_, err := bucket.Put(ctx, "a/b", text("x"))
		return err
	}

	Context("of S3", func() {
		It("should write an object, signed as the function, with what S3 compares the content with", func() {
			var asked *http.Request
			var body []byte
			handle = func(w http.ResponseWriter, r *http.Request) {
				asked = r.Clone(ctx)
				body, _ = io.ReadAll(r.Body)
				w.Header().Set("ETag", `"1"`)
			}
			Expect(bucket.Put(ctx, "events/a b+c.json", text("content"))).To(Equal(`"1"`))
			Expect(asked.Method + " " + asked.URL.EscapedPath()).To(Equal("PUT /reports/events/a%20b%2Bc.json"))
			Expect(string(body)).To(Equal("content"))
			Expect(asked.Header.Get("Content-Type")).To(Equal("text/plain"))
			Expect(asked.Header.Get("Authorization")).To(And(ContainSubstring("AKIDTEST"), ContainSubstring("/us-east-1/s3/")))
			Expect(asked.Header.Get("X-Amz-Security-Token")).To(Equal("session"))
			Expect(asked.Header.Get("X-Amz-Content-Sha256")).To(Equal("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"))
			Expect(asked.Header.Get("X-Amz-Server-Side-Encryption")).To(BeEmpty(), "the bucket's default encryption is to apply")
			Expect(asked.Header).NotTo(Or(HaveKey("If-Match"), HaveKey("If-None-Match")))
		})

		It("should have its name", func() { Expect(bucket.Name()).To(Equal("reports")) })

		It("should pass conditions on", func() {
			var asked http.Header
			handle = func(_ http.ResponseWriter, r *http.Request) { asked = r.Header.Clone() }
			_, err := bucket.Put(ctx, "k", documents.Write{Body: strings.NewReader(""), IfNone: true})
			Expect(err).NotTo(HaveOccurred())
			Expect(asked.Get("If-None-Match")).To(Equal("*"))
			_, err = bucket.Put(ctx, "k", documents.Write{Body: strings.NewReader(""), IfMatch: `"1"`})
			Expect(err).NotTo(HaveOccurred())
			Expect(asked.Get("If-Match")).To(Equal(`"1"`))
		})

		It("should read an object", func() {
			handle = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", `"2"`)
				_, _ = io.WriteString(w, "content")
			}
			body, etag, err := bucket.Get(ctx, "k")
			Expect(err).NotTo(HaveOccurred())
			Expect(etag).To(Equal(`"2"`))
			Expect(io.ReadAll(body)).To(BeEquivalentTo("content"))
		})

		It("should read again what broke off on the way", func() {
			handle = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "7")
				_, _ = io.WriteString(w, "content"[:3+4*min(int(calls.Load())-1, 1)])
			}
			body, _, err := bucket.Get(ctx, "k")
			Expect(err).NotTo(HaveOccurred())
			Expect(io.ReadAll(body)).To(BeEquivalentTo("content"))
			Expect(calls.Load()).To(BeEquivalentTo(2))
		})

		It("should refuse an answer that is far too large", func() {
			handle = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 4<<20+1)) }
			_, _, err := bucket.Get(ctx, "k")
			Expect(err).To(MatchError(ContainSubstring("larger than")))
		})

		It("should say so when what is to be written can't be read", func() {
			broken := errors.New("the disk is broken")
			_, err := bucket.Put(ctx, "k", documents.Write{Body: struct {
				io.Reader
				io.Seeker
			}{iotest.ErrReader(broken), nil}})
			Expect(err).To(MatchError(broken))
			Expect(calls.Load()).To(BeZero())
		})

		It("should list all keys of a prefix, page by page, escaped as they may be", func() {
			var asked []url.Values
			handle = func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.URL.Query())
				if r.URL.Query().Get("continuation-token") == "" {
					_, _ = io.WriteString(w, `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a/b+c=</NextContinuationToken>
						<Contents><Key>p/1 &amp; 2</Key></Contents></ListBucketResult>`)
					return
				}
				_, _ = io.WriteString(w, `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>p/3</Key></Contents></ListBucketResult>`)
			}
			Expect(bucket.List(ctx, "p/ä")).To(Equal([]string{"p/1 & 2", "p/3"}))
			Expect(asked).To(Equal([]url.Values{
				{"list-type": {"2"}, "prefix": {"p/ä"}},
				{"list-type": {"2"}, "prefix": {"p/ä"}, "continuation-token": {"a/b+c="}},
			}))
		})

		DescribeTable("should not take a part of a list for all of it",
			func(answer string, why string) {
				handle = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }
				keys, err := bucket.List(ctx, "p/")
				Expect(err).To(MatchError(And(ContainSubstring("s3://reports/p/"), ContainSubstring(why))))
				Expect(keys).To(BeNil())
			},
			Entry("when nothing says where it goes on", `<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>`, "there is more"),
			Entry("when it goes on where it began", `<ListBucketResult><IsTruncated>true</IsTruncated>`+
				`<NextContinuationToken>x</NextContinuationToken></ListBucketResult>`, "there is more"),
			Entry("when it is cut off", `<ListBucketResult><Contents><Key>a</Key></Contents>`, "reading the answer"),
			Entry("when it is empty", ``, "reading the answer"),
			Entry("when it is another document", `<html></html>`, "reading the answer"),
		)

		It("should pass on why it may not list", func() {
			handle = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }
			_, err := bucket.List(ctx, "p/")
			Expect(awserr.Code(err)).To(Equal("HTTP403"))
		})
	})

	Context("of SNS", func() {
		It("should publish subject, body and attributes", func() {
			var form url.Values
			var asked *http.Request
			handle = func(w http.ResponseWriter, r *http.Request) {
				asked = r.Clone(ctx)
				Expect(r.ParseForm()).To(Succeed())
				form = r.PostForm
				_, _ = io.WriteString(w, published)
			}
			Expect(publish()).To(Equal("message-1"))
			Expect(asked.Header.Get("Authorization")).To(ContainSubstring("/us-east-1/sns/"))
			Expect(form).To(Equal(url.Values{
				"Action": {"Publish"}, "Version": {"2010-03-31"}, "TopicArn": {"arn:topic"}, "Subject": {"A subject"}, "Message": {"Body & more"},
				"MessageAttributes.entry.1.Name": {"a"}, "MessageAttributes.entry.1.Value.DataType": {"String.Array"},
				"MessageAttributes.entry.1.Value.StringValue": {"b/c"},
				"MessageAttributes.entry.2.Name":              {"severity"}, "MessageAttributes.entry.2.Value.DataType": {"String"},
				"MessageAttributes.entry.2.Value.StringValue": {"high"},
			}))
		})

		DescribeTable("should not publish again what SNS has taken, even if its answer is of no use",
			func(answer func(w http.ResponseWriter)) {
				handle = func(w http.ResponseWriter, _ *http.Request) { answer(w) }
				_, err := publish()
				Expect(err).To(MatchError(ContainSubstring("reading the answer")))
				Expect(calls.Load()).To(BeEquivalentTo(1))
			},
			Entry("because it broke off", func(w http.ResponseWriter) {
				w.Header().Set("Content-Length", "100")
				_, _ = io.WriteString(w, published[:40])
			}),
			Entry("because it is cut off", func(w http.ResponseWriter) { _, _ = io.WriteString(w, published[:len(published)-1]) }),
			Entry("because it is another document", func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html></html>") }),
		)
	})

	Context("when AWS is not well", func() {
		It("should wait out throttling, and work again after a storm of it", func() {
			var storm atomic.Bool
			handle = func(w http.ResponseWriter, _ *http.Request) {
				if storm.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
					_, _ = io.WriteString(w, slowDown)
				}
			}
			storm.Store(true)
			const calling = 60 // the SDK's bucket of 500 tokens, 5 a retry, would be empty after 12
			for range calling {
				Expect(awserr.Code(put())).To(Equal("SlowDown"))
			}
			Expect(calls.Load()).To(BeEquivalentTo(calling*10), "each call is tried ten times, to the end")
			storm.Store(false)
			Expect(put()).To(Succeed())
			Expect(calls.Load()).To(BeEquivalentTo(calling*10 + 1))
		})

		DescribeTable("should try again, with the whole request",
			func(spoil func(w http.ResponseWriter)) {
				var bodies []string
				handle = func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					if bodies = append(bodies, string(body)); len(bodies) < 10 {
						spoil(w)
					}
				}
				Expect(put()).To(Succeed())
				Expect(bodies).To(And(HaveLen(10), HaveEach("x")))
			},
			Entry("after a server's error", func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }),
			Entry("after too many requests", func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) }),
			Entry("after a connection that broke", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }),
			Entry("after throttling with a client's status", func(w http.ResponseWriter) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, `<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>`)
			}),
			Entry("after another conditional write to the same key", func(w http.ResponseWriter) {
				w.WriteHeader(http.StatusConflict)
				_, _ = io.WriteString(w, `<Error><Code>ConditionalRequestConflict</Code></Error>`)
			}),
			Entry("after an error that broke off", func(w http.ResponseWriter) {
				w.Header().Set("Content-Length", "100")
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, "<Error>")
			}),
		)

		DescribeTable("should not try again what was refused for good, and say what AWS said",
			func(status int, body, code string) {
				handle = func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Location", "/elsewhere")
					w.WriteHeader(status)
					_, _ = io.WriteString(w, body)
				}
				err := put()
				Expect(awserr.Code(err)).To(Equal(code))
				Expect(err).To(MatchError(ContainSubstring(code)))
				Expect(calls.Load()).To(BeEquivalentTo(1))
			},
			Entry("by S3", 403, `<Error><Code>AccessDenied</Code><Message>not allowed</Message></Error>`, "AccessDenied"),
			Entry("by SNS", 403, `<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>`, "AuthorizationError"),
			Entry("by a condition", 412, `<Error><Code>PreconditionFailed</Code></Error>`, "PreconditionFailed"),
			Entry("by a condition, without a body", 412, ``, "PreconditionFailed"),
			Entry("because there is nothing, without a body", 404, ``, "NotFound"),
			Entry("with a redirection", 307, `<Error><Code>TemporaryRedirect</Code></Error>`, "TemporaryRedirect"),
			Entry("by a proxy's page", 407, `<html>who are you`, "HTTP407"),
		)

		It("should say what AWS said when time is over while it waits", func() {
			settings.MaxBackoff = time.Hour
			bucket = awshttp.NewBucket(settings, "reports")
			limited, cancel := context.WithCancel(ctx)
			handle = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, slowDown)
				time.AfterFunc(20*time.Millisecond, cancel)
			}
			_, err := bucket.Put(limited, "k", text("x"))
			Expect(awserr.Code(err)).To(Equal("SlowDown"))
		})

		It("should end at once when time is over", func() {
			over, cancel := context.WithCancel(ctx)
			cancel()
			_, err := bucket.Put(over, "k", text("x"))
			Expect(err).To(MatchError(context.Canceled))
			Expect(calls.Load()).To(BeZero())
		})
	})

	DescribeTable("should make no call without what it needs",
		func(spoil func(), why string) {
			spoil()
			_, err := awshttp.NewBucket(settings, "reports").Put(ctx, "k", text("x"))
			Expect(err).To(MatchError(ContainSubstring(why)))
			Expect(calls.Load()).To(BeZero())
		},
		Entry("credentials", func() {
			settings.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, errors.New("there are none")
			})
		}, "finding credentials: there are none"),
		Entry("an endpoint that is a URL", func() { settings.Endpoint = "http://127.0.0.1:port" }, "making the request"),
	)

	DescribeTable("should be where AWS has it",
		func(endpoint, name, object, topics string) {
			settings.Endpoint = endpoint
			Expect(awshttp.NewBucket(settings, name).URL("a/b")).To(Equal(object))
			Expect(awshttp.NewSNS(settings).TopicsURL()).To(Equal(topics))
		},
		Entry("AWS", "", "reports", "https://reports.s3.us-east-1.amazonaws.com/a/b", "https://sns.us-east-1.amazonaws.com"),
		Entry("AWS, with a dotted name that no certificate covers", "", "a.b", "https://s3.us-east-1.amazonaws.com/a.b/a/b",
			"https://sns.us-east-1.amazonaws.com"),
		Entry("localhost", "http://localhost:4566/", "reports", "http://localhost:4566/reports/a/b", "http://localhost:4566"),
		Entry("IPv4's loopback", "http://127.0.0.1:1", "reports", "http://127.0.0.1:1/reports/a/b", "http://127.0.0.1:1"),
		Entry("IPv6's loopback", "http://[::1]:1", "reports", "http://[::1]:1/reports/a/b", "http://[::1]:1"),
		Entry("another host", "https://s3.example.com", "reports", "https://reports.s3.example.com/a/b", "https://s3.example.com"),
		Entry("no URL at all", "http://%zz", "reports", "http://reports.%zz/a/b", "http://%zz"),
	)

	It("should wait up to 20 seconds between attempts unless told otherwise, any time up to a bound that doubles", func() {
		settings.MaxBackoff = 0
		client := awshttp.NewSNS(settings)
		longest := map[int]time.Duration{}
		for range 1000 {
			for _, attempt := range []int{1, 3, 9} {
				longest[attempt] = max(longest[attempt], client.Pause(attempt))
			}
		}
		Expect(longest[1]).To(And(BeNumerically("<=", time.Second), BeNumerically(">", time.Second/2)))
		Expect(longest[3]).To(And(BeNumerically("<=", 4*time.Second), BeNumerically(">", 2*time.Second)))
		Expect(longest[9]).To(And(BeNumerically("<=", 20*time.Second), BeNumerically(">", 10*time.Second)))
	})
})

var _ = Describe("An error of AWS", func() {
	It("should be one to whoever knows the SDK's", func() {
		err := awshttp.ReadError(403, []byte(`<Error><Code>AccessDenied</Code><Message>not allowed</Message></Error>`))
		Expect(err.Error()).To(Equal("AWS answered 403 AccessDenied: not allowed"))
		Expect(err.ErrorMessage()).To(Equal("not allowed"))
		Expect(err.ErrorFault()).To(Equal(smithy.FaultClient))
		Expect(awshttp.ReadError(500, nil).ErrorFault()).To(Equal(smithy.FaultServer))
	})
})
