package functions

import (
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// Alphabets of ids.
const (
	digits     = "0123456789"
	hexDigits  = digits + "abcdef"
	lowerCase  = "abcdefghijklmnopqrstuvwxyz"
	upperCase  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	iamLetters = upperCase + digits
)

// form is how ids are written: a prefix, and then so many characters of an alphabet.
type form struct {
	prefix, alphabet string
	least, most      int // characters after the prefix
	example          string
}

// ec2IDs is the form of EC2's ids: 8 digits before 2016, 17 since.
func ec2IDs(prefix string) []form {
	return []form{{prefix, hexDigits, 8, 17, prefix + "0123456789abcdef0"}}
}

// iamIDs is the form of IAM's unique ids, by which AWS Config knows its resources: not their names.
func iamIDs(prefix string) []form {
	return []form{{prefix, iamLetters, 12, 124, prefix + "EXAMPLEEXAMPLE123"}}
}

// idForms are the forms of the ids that AWS Config has for resources, for the types that have a strict one. Ids of other
// types may be anything. Buckets from before 2018 may have capitals, underscores and up to 255 characters.
var idForms = map[string][]form{
	catalogue.AccountType:     {{"", digits, 12, 12, "123456789012"}},
	"AWS::S3::Bucket":         {{"", lowerCase + upperCase + digits + ".-_", 3, 255, "my-bucket"}},
	"AWS::EC2::Instance":      ec2IDs("i-"),
	"AWS::EC2::NetworkAcl":    ec2IDs("acl-"),
	"AWS::EC2::SecurityGroup": ec2IDs("sg-"),
	"AWS::EC2::Subnet":        ec2IDs("subnet-"),
	"AWS::EC2::VPC":           ec2IDs("vpc-"),
	"AWS::EC2::Volume":        ec2IDs("vol-"),
	"AWS::IAM::Group":         iamIDs("AGPA"),
	"AWS::IAM::Policy":        iamIDs("ANPA"),
	"AWS::IAM::Role":          iamIDs("AROA"),
	"AWS::IAM::User":          iamIDs("AIDA"),
	"AWS::KMS::Key": {
		{"", hexDigits + "-", 36, 36, "1234abcd-12ab-34cd-56ef-1234567890ab"}, {"mrk-", hexDigits, 32, 32, "mrk-1234abcd12ab34cd56ef1234567890ab"},
	},
	"AWS::RDS::DBInstance": {{"db-", iamLetters, 1, 252, "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"}},
}

// mayMatch says whether an id that a resource of one of the types can have matches the pattern.
func mayMatch(pattern string, types []string) bool {
	return slices.ContainsFunc(types, func(kind string) bool {
		forms, strict := idForms[kind]
		return !strict || slices.ContainsFunc(forms, func(f form) bool { return f.meets(pattern) })
	})
}

// examples are ids that resources of the types can have.
func examples(types []string) []string {
	var all []string
	for _, kind := range types {
		for _, f := range idForms[kind] {
			all = append(all, f.example)
		}
	}
	return all
}

// meets says whether some id of the form matches the pattern. It writes all ids of the form at once, a character at a time,
// and keeps the places in the pattern up to which one of them has matched.
func (f form) meets(pattern string) bool {
	wanted := []rune(pattern)
	places := map[int]bool{0: true}
	for length := 0; len(places) > 0 && length <= len(f.prefix)+f.most; length++ {
		pass(wanted, places)
		if places[len(wanted)] && length >= len(f.prefix)+f.least {
			return true
		}
		alphabet := f.alphabet
		if length < len(f.prefix) {
			alphabet = f.prefix[length : length+1]
		}
		places = step(wanted, places, alphabet)
	}
	return false
}

// pass adds the places behind the stars that have been reached, since a star may match nothing.
func pass(wanted []rune, places map[int]bool) {
	for place, char := range wanted {
		if places[place] && char == '*' {
			places[place+1] = true
		}
	}
}

// step is the places that are reached by one more character of the alphabet.
func step(wanted []rune, places map[int]bool, alphabet string) map[int]bool {
	next := map[int]bool{}
	for place, char := range wanted {
		switch {
		case !places[place]:
		case char == '*':
			next[place] = true
		case char == '?' || strings.ContainsRune(alphabet, char):
			next[place+1] = true
		}
	}
	return next
}

// covers says whether the wider pattern matches everything that the other one matches. It does not know every such pair, but
// each that it names is one.
func covers(wider, other string) bool {
	w := []rune(wider)
	// reach holds, for each place in the wider pattern, whether all of the other one up to here is covered.
	reach := make([]bool, len(w)+1)
	reach[0] = true
	spread := func() {
		for i, char := range w {
			reach[i+1] = reach[i+1] || reach[i] && char == '*'
		}
	}
	spread()
	for _, given := range other {
		next := make([]bool, len(w)+1)
		for i, char := range w {
			switch {
			case !reach[i]:
			case char == '*':
				next[i] = true
			case char == given, char == '?' && given != '*':
				next[i+1] = true
			}
		}
		copy(reach, next)
		spread()
	}
	return reach[len(w)]
}
