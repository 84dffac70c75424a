package catalogue

import (
	"errors"
	"slices"
	"strings"
)

// Placeholders in the resources of a remediation's statements.
const (
	placeholderPartition = "${Partition}"
	placeholderRegion    = "${Region}"
	placeholderAccount   = "${Account}"
)

// Statements is what the remediator's role needs for the remediations of the given names, for one deployment: each
// statement once, in the order of the remediations' names, with the placeholders of the ARNs filled in. An unknown name is
// a Fault; all are reported at once.
func (c *Catalogue) Statements(names []string, partition, region, account string) ([]Statement, error) {
	var statements []Statement
	var faults []error
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		remediation, known := c.Remediation(name)
		faults = append(faults, unmet("settings", []expectation{
			{"remediation", name, oneOf(c.remediationNames()), known},
		})...)
		for _, s := range remediation.Statements {
			if slices.ContainsFunc(statements, func(other Statement) bool { return other.Sid == s.Sid }) {
				continue
			}
			for i, pattern := range s.Resources {
				s.Resources[i] = fill(pattern, partition, region, account)
			}
			statements = append(statements, s)
		}
	}
	return statements, errors.Join(faults...)
}

func fill(pattern, partition, region, account string) string {
	return strings.NewReplacer(
		placeholderPartition, partition,
		placeholderRegion, region,
		placeholderAccount, account,
	).Replace(pattern)
}
