package functions

import (
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// changeable has a catalogue of its own, since the one that is loaded is everybody's.
func changeable(s Settings) Settings {
	own := *s.Catalogue
	own.Rules, own.Remediations = slices.Clone(own.Rules), slices.Clone(own.Remediations)
	s.Catalogue = &own
	return s
}

// parametrised are settings with a catalogue in which s3-encryption has a parameter.
func parametrised(more map[string]string) Settings {
	s := changeable(with(more))
	for i := range s.Catalogue.Rules {
		if s.Catalogue.Rules[i].Name == "s3-encryption" {
			s.Catalogue.Rules[i].Parameters = map[string]string{"key": "catalogue's"}
		}
	}
	return s
}

// told is what the remediator is told of the rules, where s3-encryption was deployed with the given parameters.
func told(s Settings, parameters string) (string, error) {
	upstream := deployed()
	upstream.ConfigRules.RuleParameters = map[string]string{"s3-encryption": parameters}
	chosen, err := chooseFixes(s, upstream)
	Expect(err).NotTo(HaveOccurred())
	all, err := environments(s, upstream, chosen)
	return all["remediator"]["COMPLIANCE_RULE_SETTINGS"], err
}

var _ = Describe("Modes of single rules", func() {
	It("should be an empty object, not null, when there are none", func() {
		Expect(modesJSON(nil)).To(Equal("{}"))
		Expect(modesJSON(map[string]Remediation{"s3-encryption": {Limit: 3}})).To(Equal("{}"))
	})
})

var _ = Describe("Settings of single rules", func() {
	DescribeTable("should tell the remediator what it does not know, and nothing else",
		func(settings map[string]string, parameters, expected string) {
			Expect(told(parametrised(settings), parameters)).To(MatchJSON(expected))
		},
		Entry("when all is as the catalogue and the defaults have it", nil, `{"key":"catalogue's"}`, `{}`),
		Entry("when a rule was deployed with other parameters", nil, `{"key":"other"}`, `{"s3-encryption": {"parameters": {"key": "other"}}}`),
		Entry("when a rule was deployed without parameters", nil, ``, `{"s3-encryption": {"parameters": {}}}`),
		Entry("when the limit of all rules is another", map[string]string{"breakerLimit": "3"}, `{"key":"catalogue's"}`, `{"*": {"limit": 3}}`),
		Entry("when a rule has a limit and a switch", map[string]string{
			"remediations": `{"s3-encryption-kms": {"limit": 5, "allowDisruption": true}}`,
		}, `{"key":"catalogue's"}`, `{"s3-encryption-kms": {"limit": 5, "allowDisruption": true}}`),
		Entry("when a rule is switched off", map[string]string{"remediations": `{"s3-encryption": {"mode": "off", "limit": 5}}`}, `{"key":"other"}`, `{}`),
		Entry("when a rule is not deployed", map[string]string{"remediationMode": "off"}, `{"key":"other"}`, `{}`),
	)

	It("should be refused when the layer before has handed on what is no JSON", func() {
		_, err := told(parametrised(nil), "{")
		Expect(err).To(MatchError(ContainSubstring("deploy the config-rules layer again")))
	})
})

var _ = Describe("The variables of a function", func() {
	It("should be refused at preview when Lambda would not take them, with the setting that is to blame", func() {
		_, err := told(parametrised(nil), `{"key":"`+strings.Repeat("x", 4096)+`"}`)
		Expect(err).To(MatchError(MatchRegexp(`the variables of the function remediator have 4\d\d\d bytes together, and Lambda takes 4096: ` +
			`shorten what makes COMPLIANCE_RULE_SETTINGS, which has \d+: the setting remediations, and the setting parameters of the config-rules layer`)))
	})

	It("should be refused with all that are too long", func() {
		upstream := deployed()
		upstream.Foundation.Prefix = strings.Repeat("p", 4096)
		_, err := environments(with(nil), upstream, fixes{})
		for _, function := range []string{"processor", "aggregator", "remediator"} {
			Expect(err).To(MatchError(ContainSubstring("the function " + function + " have")))
		}
		Expect(err).To(MatchError(ContainSubstring("shorten what makes COMPLIANCE_PREFIX, which has 4096: the layer's settings")))
	})

	It("should fit, to the byte", func() {
		Expect(tooLong("processor", map[string]string{"A": strings.Repeat("x", 4095)})).To(Succeed())
		Expect(tooLong("processor", map[string]string{"A": strings.Repeat("x", 4096)})).NotTo(Succeed())
	})

	It("should fit where every rule of the catalogue that has a remediation is set by itself", func() {
		s := with(nil)
		upstream := deployed()
		upstream.ConfigRules.RuleNames = map[string]string{}
		s.Remediations = map[string]Remediation{}
		for _, rule := range remediable(s.Catalogue) {
			upstream.ConfigRules.RuleNames[rule] = prefix + "-" + rule
			upstream.ConfigRules.RuleParameters = parametersOf(s.Catalogue)
			s.Remediations[rule] = Remediation{Mode: "enforce", Limit: 100, AllowDisruption: true}
		}
		chosen, err := chooseFixes(s, upstream)
		Expect(err).NotTo(HaveOccurred())
		Expect(environments(s, upstream, chosen)).Error().NotTo(HaveOccurred())
	})
})

// parametersOf are the parameters of all rules as the config-rules layer hands them on.
func parametersOf(known *catalogue.Catalogue) map[string]string {
	all := map[string]string{}
	for _, rule := range known.Rules {
		if given := rule.InputParameters(); given != "" {
			all[rule.Name] = given
		}
	}
	return all
}
