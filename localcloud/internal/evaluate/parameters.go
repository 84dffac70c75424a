package evaluate

import (
	"fmt"
	"strconv"
	"strings"
)

// parameters are a rule's input parameters. One that can't be read is noted as a fault and taken for missing.
type parameters struct {
	values map[string]string
	faults []error
}

// text gives a parameter, or empty.
func (p *parameters) text(name string) string { return strings.TrimSpace(p.values[name]) }

// list gives the elements of a parameter that is separated by commas.
func (p *parameters) list(name string) []string {
	var elements []string
	for element := range strings.SplitSeq(p.values[name], ",") {
		if element = strings.TrimSpace(element); element != "" {
			elements = append(elements, element)
		}
	}
	return elements
}

// number gives a whole number, or what AWS documents for a parameter that is missing.
func (p *parameters) number(name string, missing int) int {
	text := p.text(name)
	if text == "" {
		return missing
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		p.faults = append(p.faults, fmt.Errorf("%s is %q, and must be a whole number", name, text))
		return missing
	}
	return number
}

// flag gives a truth value, or what AWS documents for a parameter that is missing.
func (p *parameters) flag(name string, missing bool) bool {
	text := p.text(name)
	if text == "" {
		return missing
	}
	flag, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		p.faults = append(p.faults, fmt.Errorf("%s is %q, and must be true or false", name, text))
		return missing
	}
	return flag
}
