package eventpattern

import (
	"fmt"
	"unicode/utf8"
)

// Limits of EventBridge on patterns.
const (
	MaxLength       = 2048 // characters
	MaxCombinations = 1000 // of the alternatives of all $or
)

// Pattern is a pattern that was found valid.
type Pattern struct {
	alternatives []alternative // one of which must match
}

// alternative is a pattern without $or: what is demanded of the event's fields, in the order of their paths.
type alternative []demand

// demand is what is demanded of the values at one path: one of the matchers must match.
type demand struct {
	path     string
	matchers []matcher
}

// Error says why a pattern is refused, as EventBridge says it.
type Error struct {
	Reason string
	Source string // the pattern; empty where the place does not matter
	Offset int64  // in bytes, where reading ended
}

// Error implements error.
func (e *Error) Error() string {
	text := "Event pattern is not valid. Reason: " + e.Reason
	if e.Source == "" {
		return text
	}
	line, column := place(e.Source, e.Offset)
	return fmt.Sprintf("%s\n at [Source: (String)\"%s\"; line: %d, column: %d]", text, e.Source, line, column)
}

// place is the line and the column at an offset, both counted from one.
func place(text string, offset int64) (line, column int) {
	line, column = 1, 1
	for _, char := range text[:min(offset, int64(len(text)))] {
		if column++; char == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}

// Compile reads a pattern of a rule. The error is an [*Error].
func Compile(text string) (*Pattern, error) {
	if length := utf8.RuneCountInString(text); length > MaxLength {
		return nil, &Error{Reason: fmt.Sprintf("The event pattern has %d characters; %d are allowed", length, MaxLength)}
	}
	return CompileUnlimited(text)
}

// CompileUnlimited reads a pattern of any length, like a filter policy of SNS, which is far larger.
func CompileUnlimited(text string) (*Pattern, error) {
	parsed, err := parse(text)
	if err != nil {
		return nil, err
	}
	pattern := &Pattern{}
	for _, fields := range parsed {
		pattern.alternatives = append(pattern.alternatives, fields.sorted())
	}
	if pattern.complexity() > MaxComplexity {
		return nil, &Error{Reason: "Rule is too complex - try using fewer wildcard characters " +
			"or fewer repeating character sequences after a wildcard character"}
	}
	return pattern, nil
}
