package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

const key = "events/2026/11/23/1.json"

type document struct {
	Text string `json:"text"`
}

var _ = Describe("The store", func() {
	var bucket *fakeS3
	var kept *store.Store
	ctx := context.Background()
	unencodable := map[string]any{"f": func() {}}

	BeforeEach(func() {
		bucket = &fakeS3{objects: map[string]object{}}
		kept = store.New(bucket, "reports")
	})

	It("should say where a person finds an object", func() {
		Expect(kept.URL(key)).To(Equal("s3://reports/" + key))
	})

	It("should create a document once", func() {
		_, err := kept.Create(ctx, key, document{"first"})
		Expect(err).NotTo(HaveOccurred())
		_, err = kept.Create(ctx, key, document{"second"})
		Expect(err).To(MatchError(store.ErrExists))
		var found document
		_, err = kept.Read(ctx, key, &found)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Text).To(Equal("first"))
		Expect(bucket.objects[key].kind).To(Equal("application/json"))
	})

	It("should replace the version that was written or read, and no other", func() {
		created, err := kept.Create(ctx, key, document{"first"})
		Expect(err).NotTo(HaveOccurred())
		replaced, err := kept.Replace(ctx, key, document{"second"}, created)
		Expect(err).NotTo(HaveOccurred())
		_, err = kept.Replace(ctx, key, document{"third"}, created)
		Expect(err).To(MatchError(store.ErrChanged))
		var found document
		Expect(kept.Read(ctx, key, &found)).To(Equal(replaced))
		Expect(found.Text).To(Equal("second"))
	})

	It("should not replace a version that is unknown, which would be no condition at all", func() {
		_, err := kept.Create(ctx, key, document{"first"})
		Expect(err).NotTo(HaveOccurred())
		_, err = kept.Replace(ctx, key, document{"second"}, "")
		Expect(err).To(MatchError(store.ErrChanged))
		Expect(bucket.writes).To(Equal(1))
	})

	It("should not replace what does not exist any more", func() {
		_, err := kept.Replace(ctx, key, document{"x"}, `"1"`)
		Expect(err).To(MatchError(store.ErrChanged))
	})

	It("should find out that a replacement has landed whose answer was lost", func() {
		created, err := kept.Create(ctx, key, document{"first"})
		Expect(err).NotTo(HaveOccurred())
		bucket.lost = true
		replaced, err := kept.Replace(ctx, key, document{"second"}, created)
		Expect(err).NotTo(HaveOccurred())
		Expect(kept.Replace(ctx, key, document{"third"}, replaced)).NotTo(BeEmpty())
	})

	It("should say so when it can't find out whether a replacement has landed", func() {
		_, err := kept.Create(ctx, key, document{"first"})
		Expect(err).NotTo(HaveOccurred())
		bucket.getErr = answer("AccessDenied")
		_, err = kept.Replace(ctx, key, document{"second"}, `"0"`)
		Expect(err).To(MatchError(bucket.getErr))
		Expect(err).NotTo(MatchError(store.ErrChanged))
	})

	It("should write a document over whatever is there", func() {
		Expect(kept.Write(ctx, key, document{"first"})).To(Succeed())
		Expect(kept.Write(ctx, key, document{"second"})).To(Succeed())
		var found document
		_, err := kept.Read(ctx, key, &found)
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Text).To(Equal("second"))
	})

	It("should write a file from its start", func() {
		file, err := os.Create(filepath.Join(GinkgoT().TempDir(), "results"))
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(file.Close)
		_, err = file.WriteString("content")
		Expect(err).NotTo(HaveOccurred())
		Expect(kept.WriteFile(ctx, key, "application/gzip", file)).To(Succeed())
		Expect(bucket.objects[key]).To(Equal(object{content: []byte("content"), etag: `"1"`, kind: "application/gzip"}))

		bucket.putErr = answer("SlowDown")
		Expect(kept.WriteFile(ctx, key, "application/gzip", file)).To(MatchError(bucket.putErr))
	})

	It("should say so when a file can't be read", func() {
		file, err := os.Create(filepath.Join(GinkgoT().TempDir(), "results"))
		Expect(err).NotTo(HaveOccurred())
		Expect(file.Close()).To(Succeed())
		Expect(kept.WriteFile(ctx, key, "application/gzip", file)).To(MatchError(os.ErrClosed))
	})

	DescribeTable("should pass on S3's error, with the object's name, and change nothing",
		func(write func() error) {
			bucket.putErr = answer("AccessDenied")
			err := write()
			Expect(err).To(MatchError(bucket.putErr))
			Expect(err).To(MatchError(ContainSubstring("s3://reports/" + key)))
			Expect(bucket.objects).To(BeEmpty())
		},
		Entry("creating", func() error { _, err := kept.Create(ctx, key, document{}); return err }),
		Entry("replacing", func() error { _, err := kept.Replace(ctx, key, document{}, "v"); return err }),
		Entry("writing", func() error { return kept.Write(ctx, key, document{}) }),
	)

	DescribeTable("should refuse a document that can't be encoded",
		func(write func() error) {
			Expect(write()).To(MatchError(ContainSubstring("encoding")))
			Expect(bucket.writes).To(BeZero())
		},
		Entry("creating", func() error { _, err := kept.Create(ctx, key, unencodable); return err }),
		Entry("replacing", func() error { _, err := kept.Replace(ctx, key, unencodable, "v"); return err }),
		Entry("writing", func() error { return kept.Write(ctx, key, unencodable) }),
	)

	It("should not go on with a version that it does not know", func() {
		bucket.noETag = true
		_, err := kept.Create(ctx, key, document{})
		Expect(err).To(MatchError(ContainSubstring("no ETag")))
	})

	Context("when reading", func() {
		BeforeEach(func() {
			Expect(kept.Write(ctx, key, document{"content"})).To(Succeed())
		})

		DescribeTable("should fail",
			func(spoil func(), wanted OmegaMatcher) {
				spoil()
				var found document
				_, err := kept.Read(ctx, key, &found)
				Expect(err).To(wanted)
				Expect(err).To(MatchError(ContainSubstring("s3://reports/" + key)))
			},
			Entry("when there is no object", func() { delete(bucket.objects, key) }, MatchError(store.ErrNotFound)),
			Entry("when S3 does not let it", func() { bucket.getErr = answer("AccessDenied") },
				And(HaveOccurred(), Not(MatchError(store.ErrNotFound)))),
			Entry("when the content breaks off", func() {
				bucket.mangle = func(out *s3.GetObjectOutput) {
					out.Body = io.NopCloser(io.MultiReader(bytes.NewBufferString(`{"te`), iotest.ErrReader(io.ErrUnexpectedEOF)))
				}
			}, MatchError(io.ErrUnexpectedEOF)),
			Entry("when the content is cut off", func() {
				bucket.mangle = func(out *s3.GetObjectOutput) { out.Body = io.NopCloser(bytes.NewBufferString(`{"text":"con`)) }
			}, MatchError(ContainSubstring("decoding"))),
			Entry("when the object is far too large", func() {
				bucket.mangle = func(out *s3.GetObjectOutput) { out.Body = io.NopCloser(bytes.NewReader(make([]byte, 4<<20+1))) }
			}, MatchError(ContainSubstring("larger than"))),
			Entry("when the version is unknown", func() {
				bucket.mangle = func(out *s3.GetObjectOutput) { out.ETag = nil }
			}, MatchError(ContainSubstring("no ETag"))),
			Entry("when closing finds a wrong checksum", func() {
				bucket.mangle = func(out *s3.GetObjectOutput) { out.Body = badClose{out.Body} }
			}, MatchError(errChecksum)),
		)
	})
})

var errChecksum = errors.New("the checksum is wrong")

type badClose struct{ io.Reader }

func (badClose) Close() error { return errChecksum }
