package policy

import "strings"

// arnParts is the number of parts of an ARN: arn:partition:service:region:account:resource.
const arnParts = 6

// arnFits compares ARNs as ArnLike does: part by part, with wildcards within a part. The resource, which is last, may
// have colons of its own.
func arnFits(pattern, arn string, keys Keys, variables bool) bool {
	patterns, parts := splitARN(pattern, variables), splitARN(arn, false)
	if len(patterns) != arnParts || len(parts) != arnParts || parts[0] != "arn" {
		return false
	}
	for i := range patterns {
		if !fits(patterns[i], parts[i], keys, variables) {
			return false
		}
	}
	return true
}

// splitARN splits at the first five colons, but not at those within a policy variable.
func splitARN(arn string, variables bool) []string {
	parts, start, depth := make([]string, 0, arnParts), 0, 0
	for i := 0; i < len(arn) && len(parts) < arnParts-1; i++ {
		switch {
		case variables && strings.HasPrefix(arn[i:], "${"):
			depth++
		case arn[i] == '}' && depth > 0:
			depth--
		case arn[i] == ':' && depth == 0:
			parts, start = append(parts, arn[start:i]), i+1
		}
	}
	return append(parts, arn[start:])
}
