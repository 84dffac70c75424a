package catalogue

import "strings"

// Predicates of how things are written. They are plain loops so that importing the package compiles no expressions.

func digit(r rune) bool { return '0' <= r && r <= '9' }
func lower(r rune) bool { return 'a' <= r && r <= 'z' }
func upper(r rune) bool { return 'A' <= r && r <= 'Z' }

// madeOf says whether text has a character at all, and each of them is of one of the kinds.
func madeOf(text string, kinds ...func(rune) bool) bool {
	other := func(r rune) bool {
		for _, kind := range kinds {
			if kind(r) {
				return false
			}
		}
		return true
	}
	return text != "" && strings.IndexFunc(text, other) < 0
}

// kebab accepts lower-case words joined by single hyphens, such as s3-encryption.
func kebab(text string) bool {
	for word := range strings.SplitSeq(text, "-") {
		if !madeOf(word, lower, digit) {
			return false
		}
	}
	return lower(rune(text[0]))
}

// identifier accepts AWS's spelling of managed rules' identifiers, such as ENCRYPTED_VOLUMES.
func identifier(text string) bool {
	return madeOf(text, upper, digit, func(r rune) bool { return r == '_' })
}

// resourceType accepts AWS::Service::Resource, and AWS::::Account for the account itself.
func resourceType(text string) bool {
	parts := strings.Split(text, "::")
	return text == AccountType ||
		len(parts) == 3 && parts[0] == "AWS" && alphanumeric(parts[1]) && alphanumeric(parts[2])
}

func alphanumeric(text string) bool { return madeOf(text, upper, lower, digit) }

// dotted accepts numbers joined by dots, such as 2.1.1: how CIS and PCI DSS number their controls.
func dotted(text string) bool {
	for number := range strings.SplitSeq(text, ".") {
		if !madeOf(number, digit) {
			return false
		}
	}
	return strings.Contains(text, ".")
}

// nistControl accepts a control of NIST SP 800-53, such as CP-9 or SC-28(1).
func nistControl(text string) bool {
	family, number, _ := strings.Cut(text, "-")
	number, enhancement, enhanced := strings.Cut(number, "(")
	inner, closed := strings.CutSuffix(enhancement, ")")
	return len(family) == 2 && madeOf(family, upper) && madeOf(number, digit) &&
		(!enhanced || closed && madeOf(inner, digit))
}

// action accepts one action of one service, such as s3:GetBucketTagging. Wildcards would grant what no code uses.
func action(text string) bool {
	service, name, _ := strings.Cut(text, ":")
	return madeOf(service, lower, digit, func(r rune) bool { return r == '-' }) && madeOf(name, upper, lower, digit)
}

// resource accepts an ARN pattern of the deployment's partition, with no placeholder but the known ones.
func resource(text string) bool {
	rest, arn := strings.CutPrefix(text, "arn:"+placeholderPartition+":")
	return arn && rest != "" && !strings.Contains(fill(rest, "", "", ""), "$")
}

// ruleName accepts what AWS Config's console and API both accept in a rule's name.
func ruleName(text string) bool {
	return madeOf(text, upper, lower, digit, func(r rune) bool { return r == '-' || r == '_' })
}
