// Package schedule reads the schedule expressions of EventBridge's rules, rate(…) and cron(…), and tells when they are
// due. It is pure. It follows the EventBridge user guide, "Setting a schedule pattern for scheduled rules"; where that
// is silent (ranges that wrap around, like FRI-MON; LW) it follows Quartz, whose language this is.
package schedule

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ErrInvalid is in every error of [Parse].
var ErrInvalid = errors.New("invalid schedule expression")

// Schedule tells when something is due.
type Schedule interface {
	// Next is the first time after the given one. It is the zero time when there is none.
	Next(after time.Time) time.Time
}

// Parse reads an expression.
func Parse(expression string) (Schedule, error) {
	if inner, ok := within(expression, "rate("); ok {
		return parseRate(inner)
	}
	if inner, ok := within(expression, "cron("); ok {
		return parseCron(inner)
	}
	return nil, fmt.Errorf("%w: %q is neither rate(…) nor cron(…)", ErrInvalid, expression)
}

func within(expression, start string) (string, bool) {
	inner, found := strings.CutPrefix(expression, start)
	inner, closed := strings.CutSuffix(inner, ")")
	return inner, found && closed
}

// rate is a schedule of equal periods.
type rate time.Duration

// ratePattern is a number and a unit, which is singular for one and plural for more.
var ratePattern = regexp.MustCompile(`^([1-9]\d{0,8}) (minute|hour|day)(s?)$`)

func parseRate(text string) (Schedule, error) {
	parts := ratePattern.FindStringSubmatch(text)
	if parts == nil {
		return nil, fmt.Errorf("%w: rate(%s) is not a positive number and minutes, hours or days", ErrInvalid, text)
	}
	value, _ := strconv.ParseInt(parts[1], 10, 64) // nine digits
	if (value == 1) != (parts[3] == "") {
		return nil, fmt.Errorf("%w: rate(%s): the unit is singular for 1, and plural for more", ErrInvalid, text)
	}
	unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[parts[2]]
	if value > int64(maxRate/unit) {
		return nil, fmt.Errorf("%w: rate(%s) is longer than %d days", ErrInvalid, text, maxRate/(24*time.Hour))
	}
	return rate(time.Duration(value) * unit), nil
}

// maxRate bounds what fits a duration.
const maxRate = 100_000 * 24 * time.Hour

// Next implements [Schedule].
func (r rate) Next(after time.Time) time.Time { return after.Add(time.Duration(r)) }
