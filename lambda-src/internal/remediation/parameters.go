package remediation

import (
	"fmt"
	"strconv"
	"strings"
)

// number is a parameter that is a whole number from least to most. Without the parameter it is the fallback, which AWS
// takes then.
func (p Parameters) number(name string, fallback, least, most int32) (int32, error) {
	text, ok := p[name]
	if !ok {
		return fallback, nil
	}
	value, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil || int32(value) < least || int32(value) > most {
		return 0, fmt.Errorf("the rule's parameter %s is %q: expected a whole number from %d to %d", name, text, least, most)
	}
	return int32(value), nil
}

// truth is a parameter that is true or false, in lower case. AWS takes anything else for false, and would find compliant
// what its author meant to be violating.
func (p Parameters) truth(name string, fallback bool) (bool, error) {
	text, ok := p[name]
	if !ok {
		return fallback, nil
	}
	if text != "true" && text != "false" {
		return false, fmt.Errorf("the rule's parameter %s is %q: expected true or false", name, text)
	}
	return text == "true", nil
}

// list is a parameter that is a list of values with commas between them. Without the parameter it is empty.
func (p Parameters) list(name string) []string {
	var values []string
	for value := range strings.SplitSeq(p[name], ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}
