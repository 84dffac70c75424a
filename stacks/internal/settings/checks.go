package settings

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
)

// Any accepts every text.
func Any(string) string { return "" }

// OneOf accepts the given texts.
func OneOf(allowed ...string) func(string) string {
	return func(value string) string {
		if slices.Contains(allowed, value) {
			return ""
		}
		return "one of " + strings.Join(allowed, ", ")
	}
}

// Matching accepts texts that the pattern matches whole; expected describes them to people.
func Matching(pattern, expected string) func(string) string {
	compiled := regexp.MustCompile("^(?:" + pattern + ")$")
	return func(value string) string {
		if compiled.MatchString(value) {
			return ""
		}
		return expected
	}
}

// Email accepts a bare address, name@example.com, without a display name.
func Email(value string) string {
	address, err := mail.ParseAddress(value)
	if err != nil || address.Address != value || !strings.Contains(value[strings.LastIndex(value, "@"):], ".") {
		return "an email address such as name@example.com"
	}
	return ""
}

// tagText is what AWS accepts in a tag's key and value; services differ beyond it.
// Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
const tagText = `[\pL\pZ\pN_.:/=+\-@]`

var (
	tagKey   = Matching(tagText+"{1,128}", "a key of at most 128 letters, digits, spaces and _.:/=+-@")
	tagValue = Matching(tagText+"{0,256}", "at most 256 letters, digits, spaces and _.:/=+-@")
)

// TagKey accepts the keys of tags that every AWS service accepts.
func TagKey(key string) string {
	if strings.HasPrefix(strings.ToLower(key), "aws:") {
		return "a key that does not start with aws:, which AWS keeps for its own tags"
	}
	return tagKey(key)
}

// TagValue accepts the values of tags that every AWS service accepts.
func TagValue(value string) string { return tagValue(value) }

// Scalar is a value that YAML may hold as text, number or boolean, and that AWS takes as text.
type Scalar string

// UnmarshalJSON keeps numbers as they are written.
func (s *Scalar) UnmarshalJSON(data []byte) error {
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return fmt.Errorf("reading a value: %w", err)
	}
	switch value := value.(type) {
	case string:
		*s = Scalar(value)
	case json.Number, bool:
		*s = Scalar(fmt.Sprint(value))
	default:
		return fmt.Errorf("reading a value: %s is neither text, number nor boolean", data)
	}
	return nil
}
