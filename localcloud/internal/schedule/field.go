package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// field is a field of a cron expression.
type field struct {
	name      string
	low, high int
	names     []string // of its values, from the lowest
	straight  bool     // whether ranges may not wrap around
}

// errField is for what a field does not allow.
var errField = errors.New("is not allowed")

func (f field) fault(text string) error { return fmt.Errorf("%s: %q %w", f.name, text, errField) }

// parse reads a list of values, ranges and steps: 1,3-5,10/5.
func (f field) parse(text string) (set, error) {
	values := set{}
	for part := range strings.SplitSeq(text, ",") {
		if err := f.add(values, part); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (f field) add(values set, part string) error {
	span, steps, stepped := strings.Cut(part, "/")
	step := 1
	if stepped {
		var err error
		if step, err = strconv.Atoi(steps); err != nil || step < 1 || step > f.high || steps[0] == '+' {
			return f.fault(part)
		}
	}
	low, high, err := f.span(span, stepped)
	if err != nil {
		return f.fault(part)
	}
	length := high - low
	if length < 0 {
		length += f.high - f.low + 1
	}
	for offset := 0; offset <= length; offset += step {
		values[f.low+(low-f.low+offset)%(f.high-f.low+1)] = true
	}
	return nil
}

// span reads *, a value or a range. A value with a step goes on to the end.
func (f field) span(text string, stepped bool) (low, high int, err error) {
	if text == "*" {
		return f.low, f.high, nil
	}
	first, last, ranged := strings.Cut(text, "-")
	if low, err = f.value(first); err != nil {
		return 0, 0, err
	}
	switch {
	case ranged:
		high, err = f.value(last)
	case stepped:
		high = f.high
	default:
		high = low
	}
	if err == nil && f.straight && high < low {
		err = errField
	}
	return low, high, err
}

func (f field) value(text string) (int, error) {
	if at := slices.Index(f.names, strings.ToUpper(text)); at >= 0 {
		return f.low + at, nil
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < f.low || value > f.high || text[0] == '+' {
		return 0, errField
	}
	return value, nil
}
