package eventpattern

import (
	"bytes"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// matcher decides about one value. A value is written as in JSON: strings in quotes, but without escapes.
type matcher interface {
	matches(value string) bool
}

// quote writes a string as a value.
func quote(text string) string { return `"` + text + `"` }

// unquote is the text of a value that is a string.
func unquote(value string) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	return value[1 : len(value)-1], true
}

type (
	equals      string
	prefix      string
	suffix      string
	foldEquals  string // regardless of case, as the next two
	foldPrefix  string
	foldSuffix  string
	exists      struct{}
	absent      struct{} // matches no value; the fields of an event are searched for it
	anythingBut []matcher
)

func (m equals) matches(value string) bool { return value == string(m) }

func (m prefix) matches(value string) bool {
	text, ok := unquote(value)
	return ok && strings.HasPrefix(text, string(m))
}

func (m suffix) matches(value string) bool {
	text, ok := unquote(value)
	return ok && strings.HasSuffix(text, string(m))
}

func (m foldEquals) matches(value string) bool {
	text, ok := unquote(value)
	rest, ok2 := foldCut(text, string(m))
	return ok && ok2 && rest == ""
}

func (m foldPrefix) matches(value string) bool {
	text, ok := unquote(value)
	_, ok2 := foldCut(text, string(m))
	return ok && ok2
}

func (m foldSuffix) matches(value string) bool {
	text, ok := unquote(value)
	for ok {
		if foldEquals(m).matches(quote(text)) {
			return true
		}
		if text == "" {
			break
		}
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return false
}

func (exists) matches(string) bool { return true }

func (absent) matches(string) bool { return false }

func (m anythingBut) matches(value string) bool {
	for _, excluded := range m {
		if excluded.matches(value) {
			return false
		}
	}
	return true
}

// foldCut cuts what begins a text, regardless of case.
func foldCut(text, start string) (string, bool) {
	for _, wanted := range start {
		char, size := utf8.DecodeRuneInString(text)
		if size == 0 || (char != wanted && char != unicode.ToLower(wanted) && char != unicode.ToUpper(wanted)) {
			return "", false
		}
		text = text[size:]
	}
	return text, true
}

// number matches a number by its value or, where a double can't hold it, by its spelling.
type number struct {
	text   string
	value  float64
	values bool // whether value counts
}

func equalsNumber(text string) matcher {
	value, ok := toDouble(text)
	return number{text: text, value: value, values: ok}
}

func (m number) matches(value string) bool {
	if other, ok := toDouble(value); ok {
		return m.values && other == m.value
	}
	return value == m.text
}

// numberRange matches numbers between two.
type numberRange struct {
	bottom, top         float64
	openBottom, openTop bool
}

func (m numberRange) matches(value string) bool {
	number, ok := toDouble(value)
	if !ok || number < m.bottom || number > m.top {
		return false
	}
	return !(m.openBottom && number == m.bottom) && !(m.openTop && number == m.top)
}

// inBlock matches addresses between two. Where one is of IPv4 and the other of IPv6, AWS compares as many bytes as both
// have, and an address that ends there must not lie at an end.
type inBlock struct{ first, last netip.Addr }

func (m inBlock) matches(value string) bool {
	text, ok := unquote(value)
	if !ok {
		return false
	}
	address, ok := parseAddress(text)
	if !ok {
		return false
	}
	bits, first, last := address.AsSlice(), m.first.AsSlice(), m.last.AsSlice()
	length := min(len(bits), len(first))
	low, high := bytes.Compare(bits[:length], first[:length]), bytes.Compare(bits[:length], last[:length])
	if len(bits) < len(first) {
		return low > 0 && high < 0
	}
	return low >= 0 && high <= 0
}

// blockOf is from the first address of a block to its last.
func blockOf(block netip.Prefix) inBlock {
	first := block.Masked().Addr()
	bits := first.AsSlice()
	for bit := block.Bits(); bit < len(bits)*8; bit++ {
		bits[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bits)
	return inBlock{first: first, last: last}
}

// parseAddress reads an address. One of IPv6 that stands for one of IPv4 is that one.
func parseAddress(text string) (netip.Addr, bool) {
	if !looksLikeAddress(text) {
		return netip.Addr{}, false
	}
	address, err := netip.ParseAddr(text)
	return address.Unmap(), err == nil
}

// looksLikeAddress says whether a text is digits and three dots, or hexadecimal digits and colons.
func looksLikeAddress(text string) bool {
	only := func(allowed string) bool { return strings.Trim(text, allowed) == "" }
	return (strings.Count(text, ".") == 3 && only(".0123456789")) || (strings.Contains(text, ":") && only(":0123456789abcdefABCDEF"))
}
