package policy

import "strings"

// Keys is what is known of a request: condition keys, in lower case, and their values. A key that is not there is
// not known; that decides, too.
type Keys map[string][]string

// Set gives a key its values.
func (c Keys) Set(key string, values ...string) { c[strings.ToLower(key)] = values }

// lookup finds a key's values, whatever the case of its letters.
func (c Keys) lookup(key string) ([]string, bool) {
	values, found := c[strings.ToLower(key)]
	return values, found && len(values) > 0
}
