package eventpattern

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// numeric reads a comparison with one number or a range between two: [">", 0, "<=", 5].
func (p *parser) numeric() (matcher, error) {
	if p.next() != json.Delim('[') {
		return nil, p.fail("Value of numeric must be an array.")
	}
	made, err := p.comparison()
	if err != nil {
		return nil, err
	}
	return made, p.end("Too many elements in numeric expression")
}

func (p *parser) comparison() (matcher, error) {
	token := p.next()
	operator, ok := token.(string)
	if !ok {
		return nil, p.fail("Invalid member in numeric match: %s", describe(token))
	}
	names := map[string]string{"=": "equals", ">=": ">=", ">": ">", "<=": "<=", "<": "<"}
	if names[operator] == "" {
		return nil, p.fail("Unrecognized numeric range operator: %s", operator)
	}
	limit, err := p.number(names[operator])
	if err != nil {
		return nil, err
	}
	if operator == ">" || operator == ">=" {
		return p.from(limit, operator == ">")
	}
	if p.next() != json.Delim(']') {
		return nil, p.fail("Too many elements in numeric expression")
	}
	made := numberRange{bottom: -math.MaxFloat64, openTop: operator == "<"}
	if made.top, err = p.double(limit); operator == "=" {
		made.bottom = made.top
	}
	return made, err
}

// from reads the upper end of a range, if it has one.
func (p *parser) from(bottom json.Number, open bool) (matcher, error) {
	made := numberRange{top: math.MaxFloat64, openBottom: open}
	token := p.next()
	if token == json.Delim(']') {
		bottom, err := p.double(bottom)
		made.bottom = bottom
		return made, err
	}
	operator, ok := token.(string)
	if !ok {
		return nil, p.fail("Bad value in numeric range: %s", describe(token))
	}
	if operator != "<" && operator != "<=" {
		return nil, p.fail("Bad numeric range operator: %s", operator)
	}
	top, err := p.number(operator)
	if err != nil {
		return nil, err
	}
	if p.next() != json.Delim(']') {
		return nil, p.fail("Too many terms in numeric range expression")
	}
	if made.bottom, err = p.double(bottom); err != nil {
		return nil, err
	}
	if made.top, err = p.double(top); err != nil {
		return nil, err
	}
	if made.bottom >= made.top {
		return nil, p.fail("Bottom must be less than top")
	}
	made.openTop = operator == "<"
	return made, nil
}

// number reads a number.
func (p *parser) number(operator string) (json.Number, error) {
	number, ok := p.next().(json.Number)
	if !ok {
		return "", p.fail("Value of %s must be numeric", operator)
	}
	return number, nil
}

// double is a number's value, if it can be compared.
func (p *parser) double(number json.Number) (float64, error) {
	value, ok := toDouble(number.String())
	if !ok {
		return 0, p.fail("Cannot compare number : %s", number)
	}
	return value, nil
}

// toDouble reads a number of JSON, where a double holds it: its shortest spelling is the number itself.
func toDouble(text string) (float64, bool) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || text == "" || strings.IndexByte("-0123456789", text[0]) < 0 {
		return 0, false
	}
	if normal(text) != normal(strconv.FormatFloat(value, 'e', -1, 64)) {
		return 0, false
	}
	return value, true
}

// decimal is a number without the freedom of spelling: sign, digits that neither begin nor end with 0, and the power of
// ten of the last of them.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

func normal(text string) decimal {
	text, negative := strings.CutPrefix(text, "-")
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	power, _ := strconv.Atoi(exponent) // what is out of range was refused before, but for zero
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	power -= len(fraction)
	trimmed := strings.TrimRight(digits, "0")
	if trimmed == "" {
		return decimal{}
	}
	return decimal{negative: negative, digits: trimmed, exponent: power + len(digits) - len(trimmed)}
}
