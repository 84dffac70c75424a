package catalogue_test

import (
	"maps"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

func ruleNames(rules []catalogue.Rule) []string {
	var out []string
	for _, rule := range rules {
		out = append(out, rule.Name)
	}
	return out
}

var _ = Describe("Selecting rules", func() {
	DescribeTable("the selection", func(selection catalogue.Selection, expected ...string) {
		rules, err := parsed().Select(selection)
		Expect(err).NotTo(HaveOccurred())
		Expect(ruleNames(rules)).To(Equal(expected))
	},
		Entry("should be the rules of a pack, sorted by name",
			catalogue.Selection{Packs: []string{"base"}}, "account-trail", "bucket-encrypted"),
		Entry("should be the rules of several packs, each once",
			catalogue.Selection{Packs: []string{"base", "extra"}}, "account-trail", "bucket-encrypted", "group-closed"),
		Entry("should be included rules without a pack",
			catalogue.Selection{Include: []string{"group-closed"}}, "group-closed"),
		Entry("should be included rules beside a pack's",
			catalogue.Selection{Packs: []string{"extra"}, Include: []string{"bucket-encrypted"}},
			"account-trail", "bucket-encrypted", "group-closed"),
		Entry("should leave excluded rules out",
			catalogue.Selection{Packs: []string{"base"}, Exclude: []string{"account-trail"}}, "bucket-encrypted"),
		Entry("should leave out what is both included and excluded",
			catalogue.Selection{
				Packs: []string{"base"}, Include: []string{"group-closed"}, Exclude: []string{"group-closed"},
			}, "account-trail", "bucket-encrypted"),
	)

	It("should override and add parameters", func() {
		rules, err := parsed().Select(catalogue.Selection{
			Packs: []string{"base"},
			Parameters: map[string]map[string]string{
				"bucket-encrypted": {"kmsKeyArns": "two"},
				"account-trail":    {"bucket": "logs"},
			},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(rules[0].Parameters).To(Equal(map[string]string{"bucket": "logs"}))
		Expect(rules[1].Parameters).To(Equal(map[string]string{"kmsKeyArns": "two"}))
	})

	It("should not let overrides and changes reach the catalogue", func() {
		c := parsed()
		rules, err := c.Select(catalogue.Selection{
			Packs:      []string{"base", "extra"},
			Parameters: map[string]map[string]string{"bucket-encrypted": {"kmsKeyArns": "two", "more": "x"}},
		})
		Expect(err).NotTo(HaveOccurred())
		for _, rule := range rules {
			rule.ResourceTypes[0], rule.Packs[0] = "changed", "changed"
		}
		Expect(c).To(Equal(parsed()))
	})

	Context("when the selection has faults", func() {
		It("should report them all at once", func() {
			_, err := parsed().Select(catalogue.Selection{
				Packs:   []string{"base", "bass"},
				Include: []string{"group-close"},
				Exclude: []string{"acount-trail"},
				Parameters: map[string]map[string]string{
					"bucket":       {"a": "b"},
					"group-closed": {"c": "d"},
				},
			})
			Expect(err).To(MatchError(Equal(strings.Join([]string{
				`settings: pack "bass": expected one of base, extra`,
				`settings: included rule "group-close": expected a rule of the catalogue; ` +
					`did you mean group-closed, account-trail, bucket-encrypted?`,
				`settings: excluded rule "acount-trail": expected a rule of the catalogue; ` +
					`did you mean account-trail, group-closed, bucket-encrypted?`,
				`settings: parameters for rule "bucket": expected a rule of the catalogue; ` +
					`did you mean bucket-encrypted, group-closed, account-trail?`,
				`settings: parameters for rule "group-closed": expected a rule that is selected; ` +
					`include it or remove its parameters`,
			}, "\n"))))
		})

		It("should still return what it could select, so that more faults can be found in it", func() {
			rules, err := parsed().Select(catalogue.Selection{Packs: []string{"base", "bass"}})
			Expect(err).To(HaveOccurred())
			Expect(ruleNames(rules)).To(Equal([]string{"account-trail", "bucket-encrypted"}))
		})

		It("should refuse a selection of nothing", func() {
			_, err := parsed().Select(catalogue.Selection{})
			Expect(err).To(fault("settings", "packs", "", "packs or included rules that leave at least one rule selected"))
		})

		It("should not blame the selection for being empty when a name is unknown", func() {
			_, err := parsed().Select(catalogue.Selection{Packs: []string{"bass"}})
			Expect(err).To(MatchError(Equal(`settings: pack "bass": expected one of base, extra`)))
		})

		It("should refuse a selection that excludes all it selects", func() {
			_, err := parsed().Select(catalogue.Selection{
				Packs: []string{"base"}, Exclude: []string{"account-trail", "bucket-encrypted"},
			})
			Expect(err).To(fault("settings", "packs", "base",
				"packs or included rules that leave at least one rule selected"))
		})
	})

	It("should agree with the set algebra of packs, include and exclude", func() {
		c := shipped()
		some := func(names []string) *rapid.Generator[[]string] {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 6, rapid.ID[string])
		}
		var packs []string
		for _, pack := range c.Packs {
			packs = append(packs, pack.Name)
		}
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			selection := catalogue.Selection{
				Packs:   some(packs).Draw(t, "packs"),
				Include: some(ruleNames(c.Rules)).Draw(t, "include"),
				Exclude: some(ruleNames(c.Rules)).Draw(t, "exclude"),
			}
			wanted := map[string]bool{}
			for _, rule := range c.Rules {
				for _, pack := range rule.Packs {
					if slices.Contains(selection.Packs, pack) {
						wanted[rule.Name] = true
					}
				}
			}
			for _, name := range selection.Include {
				wanted[name] = true
			}
			for _, name := range selection.Exclude {
				delete(wanted, name)
			}
			rules, err := c.Select(selection)
			g := NewWithT(t)
			g.Expect(err == nil).To(Equal(len(wanted) > 0))
			g.Expect(ruleNames(rules)).To(Equal(slices.Sorted(maps.Keys(wanted))))
		})
	})
})

var _ = Describe("Checking the rules' full names", func() {
	named := func(names ...string) []catalogue.Rule {
		var out []catalogue.Rule
		for _, name := range names {
			out = append(out, catalogue.Rule{Name: name})
		}
		return out
	}

	It("should accept names of the greatest length", func() {
		Expect(catalogue.CheckNames("app-prod", named(strings.Repeat("a", names.MaxRuleName-len("app-prod-"))))).To(Succeed())
	})

	It("should refuse a longer name and say what to shorten", func() {
		name := strings.Repeat("a", names.MaxRuleName-len("app-prod-")+1)
		Expect(catalogue.CheckNames("app-prod", named(name))).To(fault(`rule "`+name+`"`, "full name", "app-prod-"+name,
			"at most 64 characters, but it has 65; shorten the project's or the environment's name, or exclude the rule"))
	})

	It("should refuse characters that AWS does", func() {
		Expect(catalogue.CheckNames("my app", named("a"))).To(fault(`rule "a"`, "full name", "my app-a",
			"letters, digits, hyphens and underscores only"))
	})

	It("should refuse a name that is there twice", func() {
		Expect(catalogue.CheckNames("app", named("a", "b", "a"))).To(fault(`rule "a"`, "full name", "app-a",
			"a name that no other rule has"))
	})

	It("should report all faults at once", func() {
		err := catalogue.CheckNames("my app", named("a", strings.Repeat("b", 64)))
		Expect(strings.Split(err.Error(), "\n")).To(HaveLen(3))
	})
})
