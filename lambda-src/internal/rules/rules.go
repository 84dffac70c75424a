// Package rules finds a rule of AWS Config in the catalogue.
package rules

import (
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Unrated is the severity of a rule that carries the deployment's prefix and that the catalogue does not know:
// one of an older or a newer deployment.
const Unrated catalogue.Severity = "unrated"

// Book is the part of the catalogue that is read here.
type Book interface {
	Rule(name string) (catalogue.Rule, bool)
}

// Short is the short name of a rule of the deployment called prefix, and false for a rule of somebody else's.
func Short(prefix, configRule string) (string, bool) {
	short, ours := strings.CutPrefix(configRule, names.RulePrefix(prefix))
	return short, ours && short != ""
}

// Look is the rule with the given short name, or one that says that nothing is known of it.
func Look(book Book, short string) catalogue.Rule {
	if rule, ok := book.Rule(short); ok {
		return rule
	}
	return catalogue.Rule{
		Name:        short,
		Severity:    Unrated,
		Description: "The catalogue of this version does not describe the rule.",
		Guidance:    "Deploy the functions layer again, so that the functions know the rules that are deployed.",
	}
}
