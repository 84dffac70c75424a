package configsvc

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

const maxTypes = 3 // compliance types that a query may name

// checkTypes refuses compliance types that a query does not take.
func checkTypes(types []string, allowed ...string) error {
	if len(types) > maxTypes {
		return awserr.Validation(types, "complianceTypes", "Member must have length less than or equal to 3")
	}
	for _, given := range types {
		if !slices.Contains(allowed, given) {
			return awserr.New("InvalidParameterValueException",
				"The compliance type %s is not supported here. Use one of: %s", given, strings.Join(allowed, ", "))
		}
	}
	return nil
}

// checkEnum refuses what is none of the values that a member takes. Empty is missing.
func checkEnum(given, field string, allowed ...string) error {
	if given != "" && !slices.Contains(allowed, given) {
		return awserr.Validation(given, field, "Member must satisfy enum value set: ["+strings.Join(allowed, ", ")+"]")
	}
	return nil
}

// checkLimit refuses a page size that AWS refuses. None given is 0.
func checkLimit(limit, most int) error {
	switch {
	case limit > most:
		return awserr.Validation(limit, "limit", "Member must have value less than or equal to "+strconv.Itoa(most))
	case limit < 0:
		return awserr.Validation(limit, "limit", "Member must have value greater than or equal to 0")
	}
	return nil
}

// Patterns of the service model.
var (
	aggregatorPattern = regexp.MustCompile(`^[\w-]{1,256}$`)
	accountPattern    = regexp.MustCompile(`^\d{12}$`)
)

// checkPattern refuses what the service model does not take for a value.
func checkPattern(given, field string, pattern *regexp.Regexp) error {
	if !pattern.MatchString(given) {
		return awserr.Validation(given, field, "Member must satisfy regular expression pattern: "+pattern.String())
	}
	return nil
}

// checkLength refuses a name that is missing or too long.
func checkLength(given, field string, most int) error {
	switch length := len([]rune(given)); {
	case length < 1:
		return awserr.Validation(given, field, "Member must have length greater than or equal to 1")
	case length > most:
		return awserr.Validation(given, field, "Member must have length less than or equal to "+strconv.Itoa(most))
	}
	return nil
}
