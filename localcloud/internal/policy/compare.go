package policy

import (
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// literal is a policy's value with its variables replaced and no wildcards.
func literal(pattern string, keys Keys, variables bool) (string, bool) {
	if !variables || !strings.Contains(pattern, "${") {
		return pattern, true
	}
	tokens, known := compile(pattern, keys, variables)
	var text strings.Builder
	for _, token := range tokens {
		if token.wildcard != 0 {
			text.WriteByte(token.wildcard) // StringEquals knows no wildcards: they are what they look like
		} else {
			text.WriteString(token.literal)
		}
	}
	return text.String(), known
}

func stringEquals(value, pattern string, keys Keys, variables bool) bool {
	text, known := literal(pattern, keys, variables)
	return known && text == value
}

func stringEqualsIgnoreCase(value, pattern string, keys Keys, variables bool) bool {
	text, known := literal(pattern, keys, variables)
	return known && strings.EqualFold(text, value)
}

func stringLike(value, pattern string, keys Keys, variables bool) bool {
	return fits(pattern, value, keys, variables)
}

func arnLike(value, pattern string, keys Keys, variables bool) bool {
	return arnFits(pattern, value, keys, variables)
}

func boolean(value, pattern string, keys Keys, variables bool) bool {
	return stringEqualsIgnoreCase(value, pattern, keys, variables)
}

// numeric compares numbers; what is not a number satisfies nothing.
func numeric(holds func(value, limit float64) bool) comparison {
	return func(value, pattern string, _ Keys, _ bool) bool {
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return false
		}
		limit, err := strconv.ParseFloat(pattern, 64)
		return err == nil && holds(number, limit)
	}
}

// date compares times, in ISO 8601 or as seconds since 1970.
func date(holds func(order int) bool) comparison {
	return func(value, pattern string, _ Keys, _ bool) bool {
		at, ok := parseDate(value)
		if !ok {
			return false
		}
		limit, ok := parseDate(pattern)
		return ok && holds(at.Compare(limit))
	}
}

func parseDate(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) > 4 {
		return time.Unix(seconds, 0), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// ipAddress says whether an address is in a block, or is the one address given.
func ipAddress(value, pattern string, _ Keys, _ bool) bool {
	address, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	if !strings.Contains(pattern, "/") {
		only, err := netip.ParseAddr(pattern)
		return err == nil && only.Unmap() == address.Unmap()
	}
	block, err := netip.ParsePrefix(pattern)
	return err == nil && block.Contains(address.Unmap())
}

// binary compares bytes, which both sides write in base64.
func binary(value, pattern string, _ Keys, _ bool) bool {
	a, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return false
	}
	b, err := base64.StdEncoding.DecodeString(pattern)
	return err == nil && string(a) == string(b)
}
