package nearest_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/internal/nearest"
)

var _ = Describe("Nearest names", func() {
	identifiers := []string{
		"SECURITYHUB_ENABLED", "S3_BUCKET_VERSIONING_ENABLED", "S3_BUCKET_LOGGING_ENABLED", "INCOMING_SSH_DISABLED",
		"ENCRYPTED_VOLUMES", "ALB_TAGGED",
	}

	DescribeTable("the likeliest", func(name, likeliest string) {
		Expect(nearest.Names(name, identifiers, 1)).To(Equal([]string{likeliest}))
	},
		Entry("should be the one with a slip of the finger", "ENCRYPTED_VOLUME", "ENCRYPTED_VOLUMES"),
		Entry("should be found without separators", "ENCRYPTEDVOLUMES", "ENCRYPTED_VOLUMES"),
		Entry("should be found in another case and style", "s3-bucket-versioning", "S3_BUCKET_VERSIONING_ENABLED"),
		Entry("should share words rather than spelling", "RESTRICTED_SSH", "INCOMING_SSH_DISABLED"),
		Entry("should be a slip rather than one with more words in common", "S3_BUCKET_LOGGING_ENABLE", "S3_BUCKET_LOGGING_ENABLED"),
		Entry("should be the first by name of equally likely ones", "QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ", "ALB_TAGGED"),
	)

	DescribeTable("words that many names have", func(word string) {
		near, far := "ALB_TAGGED", "A_LONG_NAME_WITH_"+word
		Expect(nearest.Names("TAGS_"+word, []string{far, near}, 1)).To(Equal([]string{near}))
	},
		Entry("should not lead astray: ENABLED", "ENABLED"),
		Entry("should not lead astray: CHECK", "CHECK"),
		Entry("should not lead astray: PROHIBITED", "PROHIBITED"),
	)

	It("should be as many as asked for", func() {
		Expect(nearest.Names("S3_BUCKET", identifiers, 2)).To(Equal([]string{
			"S3_BUCKET_LOGGING_ENABLED", "S3_BUCKET_VERSIONING_ENABLED",
		}))
	})

	It("should be no more than there are candidates", func() {
		Expect(nearest.Names("x", []string{"a"}, 3)).To(Equal([]string{"a"}))
		Expect(nearest.Names("x", nil, 3)).To(BeEmpty())
	})
})

var _ = Describe("Distance", func() {
	DescribeTable("between two texts", func(a, b string, distance int) {
		Expect(nearest.Distance(a, b)).To(Equal(distance))
		Expect(nearest.Distance(b, a)).To(Equal(distance))
	},
		Entry("should be nothing for equal ones", "kitten", "kitten", 0),
		Entry("should count replacements and insertions", "kitten", "sitting", 3),
		Entry("should count every character against an empty text", "", "abc", 3),
		Entry("should count characters, not bytes", "é", "e", 1),
	)

	It("should obey the triangle inequality and never exceed the longer text", func() {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab_")), 0, 8, -1)
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
			g := NewWithT(t)
			direct := nearest.Distance(a, c)
			g.Expect(direct).To(BeNumerically("<=", nearest.Distance(a, b)+nearest.Distance(b, c)))
			g.Expect(direct).To(BeNumerically("<=", max(len(a), len(c))))
			g.Expect(direct == 0).To(Equal(a == c))
		})
	})
})
