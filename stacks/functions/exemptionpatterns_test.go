package functions

import (
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// expression is a regular expression that matches what the pattern matches.
func expression(pattern string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.NewReplacer(`\*`, `(?s:.*)`, `\?`, `(?s:.)`).Replace(regexp.QuoteMeta(pattern)) + "$")
}

// ids are all ids of a small form.
func (f form) ids() []string {
	level, all := []string{f.prefix}, []string{}
	for length := range f.most + 1 {
		if length >= f.least {
			all = append(all, level...)
		}
		var next []string
		for _, id := range level {
			for _, char := range f.alphabet {
				next = append(next, id+string(char))
			}
		}
		level = next
	}
	return all
}

var _ = Describe("A pattern of an exemption", func() {
	It("should meet a form exactly when it matches one of its ids", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			f := form{prefix: rapid.SampledFrom([]string{"", "a", "a-"}).Draw(t, "prefix"), alphabet: "ab"}
			f.least = rapid.IntRange(0, 3).Draw(t, "least")
			f.most = f.least + rapid.IntRange(0, 2).Draw(t, "more")
			pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab-*?c")), 0, 6, -1).Draw(t, "pattern")
			matches := false
			for _, id := range f.ids() {
				matches = matches || expression(pattern).MatchString(id)
			}
			if met := f.meets(pattern); met != matches {
				t.Fatalf("%q meets %+v: %v, and matches one of its ids: %v", pattern, f, met, matches)
			}
		})
	})

	It("should only cover another one when it matches all that the other one matches", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			pattern := rapid.StringOfN(rapid.RuneFrom([]rune("ab*?")), 0, 5, -1)
			wider, other := pattern.Draw(t, "wider"), pattern.Draw(t, "other")
			if !covers(wider, other) {
				return
			}
			for _, id := range (form{alphabet: "ab", most: 6}).ids() {
				if expression(other).MatchString(id) && !expression(wider).MatchString(id) {
					t.Fatalf("%q is said to cover %q, and does not match %q", wider, other, id)
				}
			}
		})
	})

	DescribeTable("should cover",
		func(wider, other string, covered bool) { Expect(covers(wider, other)).To(Equal(covered)) },
		Entry("itself", "a*b", "a*b", true),
		Entry("everything, when it is a star", "*", "a?*", true),
		Entry("an id that it matches", "shop-*", "shop-assets", true),
		Entry("a narrower one", "shop-*", "shop-assets-*", true),
		Entry("a question mark by one", "a?", "a?", true),
		Entry("not a star by a question mark", "a?", "a*", false),
		Entry("not a wider one", "shop-assets-*", "shop-*", false),
		Entry("not another one", "shop-*", "data-*", false),
	)
})

var _ = Describe("The forms of ids", func() {
	It("should be those of types that the catalogue has, each with an example that is one", func() {
		known, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		types := map[string]bool{}
		for _, rule := range known.Rules {
			for _, kind := range rule.ResourceTypes {
				types[kind] = true
			}
		}
		for kind, forms := range idForms {
			Expect(types).To(HaveKey(kind))
			for _, f := range forms {
				Expect(f.meets(f.example)).To(BeTrue(), f.example)
			}
		}
	})
})

// FuzzPatterns holds that a pattern that covers another one meets every form that the other one meets, and that neither
// question takes for ever.
func FuzzPatterns(f *testing.F) {
	for _, seed := range [][2]string{{"*", "a"}, {"i-*", "i-0123456789abcdef0"}, {"?*?", "**"}, {"", ""}, {"\xff", "*\xff"}, {"vol-?", "vol-"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, wider, other string) {
		if len(wider) > 300 || len(other) > 300 || !covers(wider, other) {
			return
		}
		for kind := range idForms {
			if mayMatch(other, []string{kind}) && !mayMatch(wider, []string{kind}) {
				t.Errorf("%q covers %q, and can't match an id of %s that it can", wider, other, kind)
			}
		}
	})
}
