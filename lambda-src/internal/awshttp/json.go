package awshttp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reader reads a JSON document from its beginning to its end, and builds nothing that is not asked for: the texts that it
// reads are parts of the document's. A value that is null is as one that is not there. After a fault it reads nothing more.
//
// An object is read by
//
//	for more := r.open('{'); more; more = r.next('}') {
//		switch r.name() { … one case reads the value of each name, the default skips it … }
//	}
//
// and an array in the same way, without names.
type reader struct {
	text  string
	at    int
	depth int
	fault error
}

// maxDepth is how deep objects and arrays may be in one another. AWS's answers have a few levels.
const maxDepth = 100

var (
	errSyntax = errors.New("it is not the JSON that was expected")
	errDepth  = errors.New("its JSON is too deep")
)

func (r *reader) fail(err error) {
	if r.fault == nil {
		r.fault = fmt.Errorf("%w, at byte %d of %d", err, r.at, len(r.text))
	}
}

// expect fails unless what was expected is there.
func (r *reader) expect(there bool) {
	if !there {
		r.fail(errSyntax)
	}
}

// peek is the first character of what comes next, or 0 where nothing does.
func (r *reader) peek() byte {
	for ; r.fault == nil && r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// took goes past the character if it comes next, and says whether it did.
func (r *reader) took(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.at++
	return true
}

// literal goes past the word if it comes next, and says whether it did.
func (r *reader) literal(word string) bool {
	if r.peek() != word[0] || !strings.HasPrefix(r.text[r.at:], word) {
		return false
	}
	r.at += len(word)
	return true
}

func (r *reader) null() bool { return r.literal("null") }

// open begins an object or an array, and says whether it has anything.
func (r *reader) open(bracket byte) bool {
	if r.null() {
		return false
	}
	r.expect(r.took(bracket))
	if r.depth++; r.depth > maxDepth {
		r.fail(errDepth)
	}
	if r.took(bracket + 2) { // in ASCII, brackets that belong together are two apart
		r.depth--
		return false
	}
	return r.fault == nil
}

// next goes on with an object or an array after one of its values, and says whether it has another one.
func (r *reader) next(bracket byte) bool {
	if r.took(bracket) {
		r.depth--
		return false
	}
	r.expect(r.took(','))
	return r.fault == nil
}

// name reads the name of an object's next value.
func (r *reader) name() (name string) {
	r.expect(r.peek() == '"')
	r.string(&name)
	r.expect(r.took(':'))
	return name
}

// string reads a text.
func (r *reader) string(into *string) {
	if r.null() {
		return
	}
	r.expect(r.took('"'))
	start, plain := r.at, true
	for ; r.fault == nil && r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"' && plain:
			*into = r.text[start:r.at]
			r.at++
			return
		case c == '"':
			r.at++
			*into = r.unusual(r.text[start-1 : r.at])
			return
		case c == '\\':
			plain = false
			r.at++
		case c < ' ' || c >= utf8.RuneSelf:
			plain = false
		}
	}
	r.fail(errSyntax)
}

// unusual reads a text with escapes, or with other characters than ASCII's.
func (r *reader) unusual(text string) (read string) {
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		r.fail(err)
	}
	return read
}

// number reads a number.
func (r *reader) number() float64 {
	r.peek()
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.0123456789Ee", r.text[r.at]) >= 0 {
		r.at++
	}
	digits := r.text[start:r.at]
	number, err := strconv.ParseFloat(digits, 64)
	r.expect(err == nil && !lax(strings.TrimPrefix(digits, "-")))
	return number
}

// lax says whether a number is written in a way that Go takes and JSON does not: 01, +1, .1 or 1.
func lax(number string) bool {
	digit := func(at int) bool { return at < len(number) && '0' <= number[at] && number[at] <= '9' }
	point := strings.IndexByte(number, '.')
	return !digit(0) || number[0] == '0' && digit(1) || point >= 0 && !digit(point+1)
}

// skip goes past a value.
func (r *reader) skip() {
	var text string
	switch r.peek() {
	case '{':
		for more := r.open('{'); more; more = r.next('}') {
			r.name()
			r.skip()
		}
	case '[':
		for more := r.open('['); more; more = r.next(']') {
			r.skip()
		}
	case '"':
		r.string(&text)
	default:
		if !r.literal("true") && !r.literal("false") && !r.null() {
			r.number()
		}
	}
}

// end is why the document could not be read, or that there is something after it.
func (r *reader) end() error {
	r.peek()
	r.expect(r.at == len(r.text))
	return r.fault
}
