package managed

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Type is the type of a parameter, in AWS's words. Every value travels as a string, and AWS refuses blank ones.
type Type string

// Types of parameters.
const (
	String    Type = "String"
	Int       Type = "int"
	Double    Type = "double"
	Boolean   Type = "boolean"
	CSV       Type = "CSV"
	StringMap Type = "StringMap"
)

func types() []Type {
	return []Type{String, Int, Double, Boolean, CSV, StringMap}
}

// Accepts says whether the value is of the type.
func (t Type) Accepts(value string) bool {
	switch t {
	case Int:
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil && madeOf(value, "-0123456789")
	case Double:
		_, err := strconv.ParseFloat(value, 64)
		return err == nil && madeOf(value, "-.0123456789") // no Inf, no NaN, no hexadecimal
	case Boolean:
		return strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	case CSV:
		return items(value)
	case StringMap:
		return pairs(value)
	default:
		return !blank(value)
	}
}

// Describe says what a value of the type looks like.
func (t Type) Describe() string {
	switch t {
	case Int:
		return "a whole number"
	case Double:
		return "a number"
	case Boolean:
		return "true or false"
	case CSV:
		return "a comma-separated list without empty items"
	case StringMap:
		return "a comma-separated list of keys or key:value pairs, or a JSON object of strings"
	default:
		return "a text that is not blank"
	}
}

func madeOf(value, characters string) bool {
	return strings.Trim(value, characters) == ""
}

func items(value string) bool {
	for item := range strings.SplitSeq(value, ",") {
		if blank(item) {
			return false
		}
	}
	return true
}

// pairs accepts both ways in which AWS's documentation writes maps: key:value,key and {"key":"value"}.
func pairs(value string) bool {
	if strings.HasPrefix(strings.TrimSpace(value), "{") {
		var object map[string]string
		return json.Unmarshal([]byte(value), &object) == nil && len(object) > 0
	}
	for item := range strings.SplitSeq(value, ",") {
		if key, _, _ := strings.Cut(item, ":"); blank(key) {
			return false
		}
	}
	return true
}

func blank(value string) bool {
	return strings.TrimSpace(value) == ""
}
