package remediation

import (
	"fmt"
	"strconv"
	"strings"
)

// list is the parameter's values, which are separated by commas. One that is not given has none.
func (p Parameters) list(name string) []string {
	var values []string
	for value := range strings.SplitSeq(p[name], ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// number is the parameter's value, or the given one where there is none. A value out of the range is an error that names
// the parameter.
func (p Parameters) number(name string, otherwise, lowest, highest int) (int, error) {
	text, given := p[name]
	if !given {
		return otherwise, nil
	}
	value, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || value < lowest || value > highest {
		return 0, fmt.Errorf("the rule's parameter %s is %q: expected a whole number from %d to %d", name, text, lowest, highest)
	}
	return value, nil
}

// flag is the parameter's value, or the given one where there is none. A value that is neither true nor false is an error
// that names the parameter.
func (p Parameters) flag(name string, otherwise bool) (bool, error) {
	text, given := p[name]
	if !given {
		return otherwise, nil
	}
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("the rule's parameter %s is %q: expected true or false", name, text)
}
