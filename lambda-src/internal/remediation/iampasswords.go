package remediation

import (
	"errors"
	"fmt"
)

// IAM's default policy, which holds where the account has none: 8 characters, of 3 of the 4 kinds. A policy can say which
// kinds, and not how many.
const (
	defaultLength = 8
	defaultKinds  = 3
)

// planPasswords decides what the password policy is to be: of each property, what the rule demands or what there is,
// whichever is stricter.
func planPasswords(current passwords, parameters Parameters) (passwords, error) {
	demanded, err := demandedPasswords(parameters)
	if err != nil {
		return passwords{}, err
	}
	if current == (passwords{}) {
		if demanded.kinds() < defaultKinds {
			return passwords{}, errors.New("the account has no password policy, and one with what the rule demands would be weaker " +
				"than IAM's default: make one by hand, or let the rule demand three kinds of characters")
		}
		demanded.Length = max(demanded.Length, defaultLength)
		return demanded, nil
	}
	planned := current
	planned.Length, planned.Reuse = max(current.Length, demanded.Length), max(current.Reuse, demanded.Reuse)
	planned.Lowercase, planned.Uppercase = current.Lowercase || demanded.Lowercase, current.Uppercase || demanded.Uppercase
	planned.Numbers, planned.Symbols = current.Numbers || demanded.Numbers, current.Symbols || demanded.Symbols
	if current.MaxAge == 0 || current.MaxAge > demanded.MaxAge {
		planned.MaxAge = demanded.MaxAge
	}
	return planned, nil
}

// kinds is how many kinds of characters a password must have.
func (p passwords) kinds() int {
	count := 0
	for _, required := range []bool{p.Lowercase, p.Uppercase, p.Numbers, p.Symbols} {
		if required {
			count++
		}
	}
	return count
}

// demandedPasswords is what the rule demands, with AWS's default for each parameter that it does not have. The numbers
// are within what IAM accepts.
func demandedPasswords(parameters Parameters) (passwords, error) {
	var demanded passwords
	var faults []error
	number := func(into *int32, name string, otherwise, lowest, highest int) {
		value, err := parameters.number(name, otherwise, lowest, highest)
		*into, faults = int32(value), append(faults, err) //nolint:gosec // highest fits
	}
	truth := func(into *bool, name string) {
		text, given := parameters[name]
		if given && text != "true" && text != "false" {
			// AWS takes True for false here, and finds compliant what whoever wrote it meant to forbid.
			faults = append(faults, fmt.Errorf("the rule's parameter %s is %q: expected true or false, in lower case", name, text))
		}
		*into = !given || text == "true"
	}
	number(&demanded.Length, "MinimumPasswordLength", 14, 6, 128)
	number(&demanded.MaxAge, "MaxPasswordAge", 90, 1, 1095)
	number(&demanded.Reuse, "PasswordReusePrevention", 24, 1, 24)
	truth(&demanded.Lowercase, "RequireLowercaseCharacters")
	truth(&demanded.Uppercase, "RequireUppercaseCharacters")
	truth(&demanded.Numbers, "RequireNumbers")
	truth(&demanded.Symbols, "RequireSymbols")
	return demanded, errors.Join(faults...)
}
