package names

import (
	"fmt"
	"time"
)

// EnvRuleSettings is the variable that tells the remediator what differs for single rules, beside their modes: a JSON object
// of their short names to limit, allowDisruption and parameters.
const EnvRuleSettings = "COMPLIANCE_RULE_SETTINGS"

// EveryRule stands, in EnvRuleSettings, for the rules that it does not name.
const EveryRule = "*"

// Limits of the changes that the remediator makes for one rule in one hour.
const (
	DefaultBreakerLimit = 10
	LeastBreakerLimit   = 1
	MostBreakerLimit    = 1000
)

// Prefixes of what the remediator remembers.
const (
	BreakerPrefix = StatePrefix + "breaker/" // how many changes were made for a rule in an hour
	FixesPrefix   = StatePrefix + "fixes/"   // which fixes of a resource were verified, and undone
)

// BreakerKey is the key of the count of changes for a rule in the UTC hour of at: state/breaker/<rule>/<YYYY-MM-DDTHH>.json.
func BreakerKey(rule string, at time.Time) string {
	return fmt.Sprintf("%s%s/%s.json", BreakerPrefix, rule, BreakerHour(at))
}

// BreakerHour is how an hour of the breaker is written: YYYY-MM-DDTHH, in UTC.
func BreakerHour(at time.Time) string {
	return at.UTC().Format("2006-01-02T15")
}

// FixHistoryKey is the key of the fixes of one resource for a rule: state/fixes/<rule>/<hash>.json. The hash stands for the
// resource, whose id may have characters that no key should.
func FixHistoryKey(rule, hash string) string {
	return fmt.Sprintf("%s%s/%s.json", FixesPrefix, rule, hash)
}
