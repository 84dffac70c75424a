package eventpattern

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ignoreCase is the operator that others may be combined with.
const ignoreCase = "equals-ignore-case"

// emptyList is the fault of a list with nothing in it under an operator: AWS's engine takes it, and crashes.
const emptyList = "Empty arrays are not allowed inside anything-but"

const oneKey = "Only one key allowed in match expression"

// expression reads an operator and what belongs to it: {"prefix": "a"}, whose opening brace has been read.
func (p *parser) expression() (matcher, error) {
	name, ok := p.next().(string)
	if !ok {
		return nil, p.fail("Match expression name not found")
	}
	switch name {
	case "exactly":
		return p.onText("exact match", func(text string) (matcher, error) { return equals(quote(text)), nil })
	case ignoreCase:
		return p.onText(ignoreCase+" match", func(text string) (matcher, error) { return foldEquals(text), nil })
	case "wildcard":
		return p.onText("wildcard match", p.wildcard)
	case "cidr":
		return p.onText("prefix match", p.block)
	case "prefix":
		return p.affix("prefix", "Prefix", func(text string) matcher { return prefix(text) }, func(text string) matcher { return foldPrefix(text) })
	case "suffix":
		return p.affix("suffix", "Suffix", func(text string) matcher { return suffix(text) }, func(text string) matcher { return foldSuffix(text) })
	case "numeric":
		return p.numeric()
	case "exists":
		return p.exists()
	case "anything-but":
		return p.anythingBut()
	}
	return nil, p.fail("Unrecognized match type %s", name)
}

// onText reads a string and the end of its expression.
func (p *parser) onText(kind string, match func(string) (matcher, error)) (matcher, error) {
	text, ok := p.next().(string)
	if !ok {
		return nil, p.fail("%s pattern must be a string", kind)
	}
	made, err := match(text)
	if err != nil {
		return nil, err
	}
	return made, p.end(oneKey)
}

// end reads the end of an object.
func (p *parser) end(fault string) error {
	if p.next() != json.Delim('}') {
		return p.fail("%s", fault)
	}
	return nil
}

// affix reads what follows prefix and suffix: a string, or one whose case is ignored.
func (p *parser) affix(kind, title string, exact, fold func(string) matcher) (matcher, error) {
	token := p.next()
	if text, ok := token.(string); ok {
		return exact(text), p.end(oneKey)
	}
	if token != json.Delim('{') {
		return nil, p.fail("%s match pattern must be a string", kind)
	}
	name, ok := p.next().(string)
	if !ok {
		return nil, p.fail("%s expression name not found", title)
	}
	if name != ignoreCase {
		return nil, p.fail("Unsupported %s pattern: %s", kind, name)
	}
	made, err := p.onText(ignoreCase+" match", func(text string) (matcher, error) { return fold(text), nil })
	if err != nil {
		return nil, err
	}
	return made, p.end(oneKey)
}

func (p *parser) wildcard(text string) (matcher, error) {
	parsed, fault := parseWildcard(text)
	if fault != "" {
		return nil, p.fail("%s", fault)
	}
	return parsed, nil
}

func (p *parser) exists() (matcher, error) {
	wanted, ok := p.next().(bool)
	if !ok {
		return nil, p.fail("exists match pattern must be either true or false.")
	}
	if err := p.end(oneKey); err != nil {
		return nil, err
	}
	if wanted {
		return exists{}, nil
	}
	return absent{}, nil
}

// block reads a block of addresses: 10.0.0.0/8.
func (p *parser) block(text string) (matcher, error) {
	address, bits, found := strings.Cut(text, "/")
	if !found || strings.Contains(bits, "/") || bits == "" {
		return nil, p.fail("Malformed CIDR, one '/' required")
	}
	length, err := strconv.Atoi(bits)
	if err != nil {
		return nil, p.fail("Malformed CIDR, mask bits must be an integer")
	}
	if length < 0 {
		return nil, p.fail("Malformed CIDR, mask bits must not be negative")
	}
	first, ok := parseAddress(address)
	switch {
	case !ok && looksLikeAddress(address):
		return nil, p.fail("Invalid IP address: %s", address)
	case !ok:
		return nil, p.fail("Nonstandard IP address: %s", address)
	case first.Is4() && length > 31:
		return nil, p.fail("IPv4 mask bits must be < 32")
	case length > 127:
		return nil, p.fail("IPv6 mask bits must be < 128")
	}
	return blockOf(netip.PrefixFrom(first, length)), nil
}

// describe is a token as it was written, more or less.
func describe(token json.Token) string {
	if token == nil {
		return "null"
	}
	return fmt.Sprint(token)
}
