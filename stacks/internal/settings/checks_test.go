package settings_test

import (
	"encoding/json"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

var _ = Describe("A check", func() {
	It("should take any text where any will do", func() {
		Expect(settings.Any("whatever")).To(BeEmpty())
	})

	It("should take one of the choices, or list them", func() {
		check := settings.OneOf("plan", "enforce")
		Expect(check("enforce")).To(BeEmpty())
		Expect(check("force")).To(Equal("one of plan, enforce"))
	})

	DescribeTable("should match a pattern from end to end",
		func(value string, right bool) {
			check := settings.Matching("a|bc", "a or bc")
			if right {
				Expect(check(value)).To(BeEmpty())
			} else {
				Expect(check(value)).To(Equal("a or bc"))
			}
		},
		Entry("the first choice", "a", true),
		Entry("the second choice", "bc", true),
		Entry("more at the end", "ac", false),
		Entry("more at the start", "abc", false),
		Entry("a line more", "a\n", false),
		Entry("nothing", "", false),
	)

	DescribeTable("should tell a bare email address from anything else",
		func(value string, right bool) {
			Expect(settings.Email(value) == "").To(Equal(right))
		},
		Entry("an address", "security@example.com", true),
		Entry("an address with a label", "security+aws@mail.example.com", true),
		Entry("a display name", "Security <security@example.com>", false),
		Entry("angle brackets", "<security@example.com>", false),
		Entry("no at-sign", "security.example.com", false),
		Entry("no local part", "@example.com", false),
		Entry("no domain", "security@", false),
		Entry("a host that mail from outside can't reach", "security@localhost", false),
		Entry("a dot at the end", "security@example.", false),
		Entry("two addresses", "a@example.com, b@example.com", false),
		Entry("a space before", " security@example.com", false),
		Entry("a comment", "security@example.com (us)", false),
		Entry("nothing", "", false),
	)

	It("should take every plain address", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			address := rapid.StringMatching(`[a-z0-9]{1,10}([.+_-][a-z0-9]{1,5}){0,2}@([a-z0-9]{1,8}\.){1,3}[a-z]{2,5}`).
				Draw(t, "address")
			NewWithT(t).Expect(settings.Email(address)).To(BeEmpty())
			NewWithT(t).Expect(settings.Email("Name <" + address + ">")).NotTo(BeEmpty())
		})
	})
})

var _ = Describe("A tag", func() {
	long := strings.Repeat("a", 129)

	DescribeTable("should have a key that every service of AWS accepts",
		func(key string, right bool) {
			Expect(settings.TagKey(key) == "").To(Equal(right))
		},
		Entry("a word", "CostCentre", true),
		Entry("a path with spaces, in any script", "Größe/部署 1.2:a=b+c-d@e_f", true),
		Entry("128 characters", long[:128], true),
		Entry("129 characters", long, false),
		Entry("nothing", "", false),
		Entry("a comma", "a,b", false),
		Entry("a line break", "a\nb", false),
		Entry("a prefix of AWS", "aws:team", false),
		Entry("a prefix of AWS in capitals", "AWS:team", false),
		Entry("AWS in front, but no prefix", "awsteam", true),
	)

	DescribeTable("should have a value that every service of AWS accepts",
		func(value string, right bool) {
			Expect(settings.TagValue(value) == "").To(Equal(right))
		},
		Entry("nothing", "", true),
		Entry("an address", "team+aws@example.com", true),
		Entry("256 characters", strings.Repeat("a", 256), true),
		Entry("257 characters", strings.Repeat("a", 257), false),
		Entry("brackets", "a (b)", false),
		Entry("an apostrophe", "the team's", false),
	)
})

var _ = Describe("A scalar", func() {
	DescribeTable("should be read as it is written",
		func(written, expected string) {
			var s settings.Scalar
			Expect(json.Unmarshal([]byte(written), &s)).To(Succeed())
			Expect(string(s)).To(Equal(expected))
		},
		Entry("a text", `"t3.micro"`, "t3.micro"),
		Entry("an empty text", `""`, ""),
		Entry("a whole number", "90", "90"),
		Entry("a number beyond floating point", "12345678901234567890", "12345678901234567890"),
		Entry("a fraction", "0.10", "0.10"),
		Entry("true", "true", "true"),
		Entry("false", "false", "false"),
	)

	DescribeTable("should be nothing else",
		func(written, complaint string) {
			var s settings.Scalar
			Expect(s.UnmarshalJSON([]byte(written))).To(MatchError(ContainSubstring(complaint)))
		},
		Entry("null", "null", "null is neither text, number nor boolean"),
		Entry("a list", `["a"]`, `["a"] is neither text, number nor boolean`),
		Entry("a map", `{"a":1}`, "is neither text, number nor boolean"),
		Entry("no JSON", "a", "reading a value: invalid character"),
	)
})

// FuzzScalar checks that a scalar is taken exactly where JSON has a text, a number or a boolean, and that none is lost.
func FuzzScalar(f *testing.F) {
	for _, seed := range []string{`"a"`, "1", "1e400", "-0", "true", "null", "[]", "{}", "", `"\u0000"`, "01"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s settings.Scalar
		if json.Unmarshal(data, &s) != nil {
			return
		}
		written := strings.TrimSpace(string(data))
		var text string
		if json.Unmarshal(data, &text) != nil {
			text = written
		}
		if string(s) != text || written == "null" {
			t.Errorf("%q was read as %q", data, s)
		}
	})
}
