package managed_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/managed"
)

var _ = Describe("Checking rules against AWS's list", func() {
	list := managed.List{Date: "2026-05-10", Rules: map[string]managed.Rule{
		"INSTANCE_TYPE": {
			Trigger: catalogue.OnChange, ResourceTypes: []string{"AWS::EC2::Instance", "AWS::EC2::Fleet"},
			Parameters: []managed.Parameter{
				{Name: "days", Type: managed.Int, Default: "7"},
				{Name: "types", Type: managed.CSV, Required: true},
			},
		},
		"ROOT_KEY": {Trigger: catalogue.Periodic},
	}}
	var rule catalogue.Rule

	BeforeEach(func() {
		rule = catalogue.Rule{
			Name: "type", Identifier: "INSTANCE_TYPE", Trigger: catalogue.OnChange,
			ResourceTypes: []string{"AWS::EC2::Instance"}, Parameters: map[string]string{"types": "a,b"},
		}
	})

	says := func(field, value, expected string) OmegaMatcher {
		return MatchError(catalogue.Fault{Subject: `rule "type"`, Field: field, Value: value, Expected: expected})
	}

	It("should accept a rule that agrees, with some of AWS's resource types", func() {
		Expect(list.Check([]catalogue.Rule{rule})).To(Succeed())
	})

	It("should accept any resource type where AWS gives none", func() {
		root := catalogue.Rule{
			Name: "root", Identifier: "ROOT_KEY", Trigger: catalogue.Periodic, ResourceTypes: []string{catalogue.AccountType},
		}
		Expect(list.Check([]catalogue.Rule{root})).To(Succeed())
	})

	It("should refuse an unknown identifier, with suggestions and the list's date", func() {
		rule.Identifier = "INSTANCE_TYPES"
		Expect(list.Check([]catalogue.Rule{rule})).To(says("identifier", "INSTANCE_TYPES",
			"an AWS managed rule (as of 2026-05-10); did you mean INSTANCE_TYPE, ROOT_KEY?"))
	})

	It("should refuse another trigger", func() {
		rule.Trigger = catalogue.Periodic
		Expect(list.Check([]catalogue.Rule{rule})).To(says("trigger", "periodic", "change, as AWS has it for INSTANCE_TYPE"))
	})

	It("should refuse another resource type", func() {
		rule.ResourceTypes = append(rule.ResourceTypes, "AWS::S3::Bucket")
		Expect(list.Check([]catalogue.Rule{rule})).To(says("resource type", "AWS::S3::Bucket",
			"one of AWS::EC2::Instance, AWS::EC2::Fleet"))
	})

	It("should refuse an unknown parameter and name the known ones", func() {
		rule.Parameters["type"] = "a"
		Expect(list.Check([]catalogue.Rule{rule})).To(says("parameter", "type", "a parameter of INSTANCE_TYPE: days, types"))
	})

	It("should refuse a parameter of a rule that has none", func() {
		rule.Identifier, rule.Trigger, rule.Parameters = "ROOT_KEY", catalogue.Periodic, map[string]string{"days": "1"}
		Expect(list.Check([]catalogue.Rule{rule})).To(says("parameter", "days", "none: ROOT_KEY takes no parameters"))
	})

	It("should refuse a missing parameter that AWS requires", func() {
		rule.Parameters = nil
		Expect(list.Check([]catalogue.Rule{rule})).To(says("parameter types", "",
			"a comma-separated list without empty items: INSTANCE_TYPE requires it"))
	})

	It("should refuse a value of another type", func() {
		rule.Parameters["days"] = "a week"
		Expect(list.Check([]catalogue.Rule{rule})).To(says("parameter days", "a week", "a whole number"))
	})

	It("should accept the longest parameters that AWS does", func() {
		rule.Parameters["types"] = strings.Repeat("a", catalogue.MaxInputParameters-len(`{"types":""}`))
		Expect(list.Check([]catalogue.Rule{rule})).To(Succeed())
	})

	It("should refuse longer parameters and say how long they are", func() {
		rule.Parameters["types"] = strings.Repeat("a", catalogue.MaxInputParameters-len(`{"types":""}`)+1)
		Expect(list.Check([]catalogue.Rule{rule})).To(says("parameters", rule.InputParameters(),
			"at most 1024 characters as JSON, but they have 1025"))
	})

	It("should report all faults of all rules at once, in their order", func() {
		other := rule
		other.Name, other.Identifier = "other", "INSTANCE_TYP"
		rule.Trigger = catalogue.Both
		rule.Parameters = map[string]string{"b": "1", "a": "1", "days": "x"}
		err := list.Check([]catalogue.Rule{rule, other})
		Expect(strings.Split(err.Error(), "\n")).To(HaveExactElements(
			HavePrefix(`rule "type": trigger "both"`),
			HavePrefix(`rule "type": parameter "a"`),
			HavePrefix(`rule "type": parameter "b"`),
			HavePrefix(`rule "type": parameter days "x"`),
			HavePrefix(`rule "type": parameter types ""`),
			HavePrefix(`rule "other": identifier "INSTANCE_TYP"`),
		))
	})
})

var _ = Describe("The shipped rules", func() {
	It("should agree with the shipped list", func() {
		c, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		Expect(managed.Check(c.Rules)).To(Succeed())
	})

	It("should be checked together with what the settings override", func() {
		c, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		rules, err := c.Select(catalogue.Selection{
			Packs: []string{"essentials"},
			Parameters: map[string]map[string]string{
				"rds-backup-retention":    {"backupRetentionMinimum": "a month"},
				"restricted-ssh":          {"port": "22"},
				"iam-access-key-rotation": {"maxAccessKeyAge": ""},
			},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(strings.Split(managed.Check(rules).Error(), "\n")).To(HaveExactElements(
			`rule "iam-access-key-rotation": parameter maxAccessKeyAge "": expected a whole number`,
			`rule "rds-backup-retention": parameter backupRetentionMinimum "a month": expected a whole number`,
			`rule "restricted-ssh": parameter "port": expected none: INCOMING_SSH_DISABLED takes no parameters`,
		))
	})
})
