package exemptions_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
)

func parse(list string) (exemptions.List, error) {
	return exemptions.Parse([]byte(`{"schemaVersion":1,"exemptions":[` + list + `]}`))
}

func one(rule, resource, expires string) string {
	return fmt.Sprintf(`{"rule":%q,"resource":%q,"owner":"ann","reason":"a test","expires":%q}`, rule, resource, expires)
}

func on(day string) time.Time {
	at, err := time.Parse(time.RFC3339, day)
	Expect(err).NotTo(HaveOccurred())
	return at
}

var _ = Describe("An exemption", func() {
	DescribeTable("should hold for the resources of its rule, to the end of its last day",
		func(rule, resource, now string, holds bool) {
			list, err := parse(one("other", "*", "2099-01-01") + "," + one("s3-encryption", "logs-*", "2026-11-23"))
			Expect(err).NotTo(HaveOccurred())
			found, ok := list.Find(rule, resource, on(now))
			Expect(ok).To(Equal(holds))
			if holds {
				Expect(found.Owner).To(Equal("ann"))
				Expect(found.Reason).To(Equal("a test"))
			}
		},
		Entry("before it ends", "s3-encryption", "logs-a", "2026-01-01T00:00:00Z", true),
		Entry("in its last second", "s3-encryption", "logs-a", "2026-11-23T23:59:59Z", true),
		Entry("when it is over", "s3-encryption", "logs-a", "2026-11-24T00:00:00Z", false),
		Entry("for another resource", "s3-encryption", "my-logs-a", "2026-01-01T00:00:00Z", false),
		Entry("for another rule", "s3-tls", "logs-a", "2026-01-01T00:00:00Z", false),
	)

	It("should be written as it is read", func() {
		text := one("r", "x", "2026-11-23")
		var exemption exemptions.Exemption
		Expect(json.Unmarshal([]byte(text), &exemption)).To(Succeed())
		Expect(json.Marshal(exemption)).To(MatchJSON(text))
	})
})

var _ = Describe("A list of exemptions", func() {
	It("should exempt nothing when it is empty", func() {
		list, err := parse("")
		Expect(err).NotTo(HaveOccurred())
		_, ok := list.Find("r", "x", on("2026-11-23T00:00:00Z"))
		Expect(ok).To(BeFalse())
	})

	It("should report every fault at once, with the number of the exemption", func() {
		_, err := parse(one("r", "x", "2026-11-23") + `,{"owner":"ann"},` + one("", "x", "2026-11-23"))
		Expect(err).To(MatchError(And(
			ContainSubstring("exemption 2: rule is missing"), ContainSubstring("resource is missing"),
			ContainSubstring("reason is missing"), ContainSubstring("expires is missing"),
			ContainSubstring("exemption 3: rule is missing"), Not(ContainSubstring("exemption 1")), Not(ContainSubstring("owner is missing")),
		)))
	})

	DescribeTable("should be refused",
		func(document, why string) {
			_, err := exemptions.Parse([]byte(document))
			Expect(err).To(MatchError(ContainSubstring(why)))
		},
		Entry("of another version", `{"schemaVersion":2,"exemptions":[]}`, "schemaVersion is 2: expected 1"),
		Entry("without a version", `{"exemptions":[]}`, "schemaVersion is 0"),
		Entry("without exemptions", `{"schemaVersion":1}`, "the list exemptions is missing"),
		Entry("with null for exemptions", `{"schemaVersion":1,"exemptions":null}`, "the list exemptions is missing"),
		Entry("with an unknown field", `{"schemaVersion":1,"exemptions":[{"resorce":"x"}]}`, "resorce"),
		Entry("with more after it", `{"schemaVersion":1,"exemptions":[]}{}`, "more after"),
		Entry("with a date that is none", `{"schemaVersion":1,"exemptions":[`+one("r", "x", "2026-02-30")+`]}`, "not a date"),
		Entry("that is no object", `[]`, "parsing exemptions"),
		Entry("that is empty", ``, "parsing exemptions"),
	)

	It("should be refused when it is cut off anywhere", func() {
		document := `{"schemaVersion":1,"exemptions":[` + one("r", "x", "2026-11-23") + `]}`
		Expect(exemptions.Parse([]byte(document))).NotTo(BeZero())
		for length := range len(document) {
			_, err := exemptions.Parse([]byte(document[:length]))
			Expect(err).To(HaveOccurred(), document[:length])
		}
	})
})

var _ = Describe("A resource pattern", func() {
	DescribeTable("should match whole ids",
		func(pattern, text string, matches bool) {
			list, err := parse(one("r", pattern, "2026-11-23"))
			Expect(err).NotTo(HaveOccurred())
			_, found := list.Find("r", text, time.Time{})
			Expect(found).To(Equal(matches))
		},
		Entry("the same id", "data", "data", true),
		Entry("not one that is longer", "data", "data-2", false),
		Entry("not one that is shorter", "data", "dat", false),
		Entry("a star at the end for nothing", "data*", "data", true),
		Entry("a star across slashes", "arn:*/logs", "arn:aws:s3:::a/b/logs", true),
		Entry("a star that has to go back", "*ab", "aab", true),
		Entry("a star that goes back in vain", "*ab", "aba", false),
		Entry("a question mark for one character", "d?ta", "düta", true),
		Entry("not a question mark for none", "data?", "data", false),
	)

	It("should match what a regular expression of the same meaning matches", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab/*?ü.")), 1, 8, -1).Draw(t, "pattern")
			text := rapid.StringOfN(rapid.RuneFrom([]rune("ab/ü.")), 1, 8, -1).Draw(t, "text")
			expression := strings.NewReplacer(`\*`, `(?s:.*)`, `\?`, `(?s:.)`).Replace(regexp.QuoteMeta(pattern))
			list, err := parse(one("r", pattern, "2026-11-23"))
			if err != nil {
				t.Fatal(err)
			}
			_, found := list.Find("r", text, time.Time{})
			if wanted := regexp.MustCompile("^" + expression + "$").MatchString(text); found != wanted {
				t.Fatalf("%q matches %q: %v, expected %v", pattern, text, found, wanted)
			}
		})
	})

	It("should not take for ever", func() {
		list, err := parse(one("r", strings.Repeat("*a", 100)+"b", "2026-11-23"))
		Expect(err).NotTo(HaveOccurred())
		_, ok := list.Find("r", strings.Repeat("a", 10_000), time.Time{})
		Expect(ok).To(BeFalse())
	})
})
