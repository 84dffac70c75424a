package functions_test

import (
	"encoding/json"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/policydoc"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

func shipped() *catalogue.Catalogue {
	GinkgoHelper()
	known, err := catalogue.Load()
	Expect(err).NotTo(HaveOccurred())
	return known
}

// planning is what the remediator needs to plan with every remediation of the catalogue. The stage deploys every rule, and
// no rule is enforced. What each remediation may do is written out in the catalogue's own specs.
func planning() policydoc.Document {
	GinkgoHelper()
	known := shipped()
	var all []string
	for _, remediation := range known.Remediations {
		all = append(all, remediation.Name)
	}
	statements, err := known.Statements(all, "aws", names.Region, stage.Account)
	Expect(err).NotTo(HaveOccurred())
	document := policydoc.Document{}
	for _, statement := range statements {
		allowed := policydoc.Allow(statement.Actions, statement.Resources...)
		switch {
		case statement.Writes:
		case statement.Unbound():
			document[statement.Sid] = allowed
		default:
			document[statement.Sid] = allowed.If("StringEquals", "aws:ResourceAccount", stage.Account)
		}
	}
	return document
}

// remediableRules are the full names of the rules that have a remediation, as JSON, in the order of their short names.
func remediableRules() string {
	GinkgoHelper()
	var short []string
	for _, rule := range shipped().Rules {
		if rule.Remediation != "" {
			short = append(short, rule.Name)
		}
	}
	slices.Sort(short)
	for i, name := range short {
		short[i] = full(name)
	}
	list, err := json.Marshal(short)
	Expect(err).NotTo(HaveOccurred())
	return string(list)
}
