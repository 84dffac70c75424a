package schedule

import (
	"fmt"
	"strings"
	"time"
)

// cron is a schedule of calendar days and times, in UTC.
type cron struct {
	minutes, hours, months, years set
	days                          func(year int, month time.Month) set // that fit in a month
}

// set holds small numbers.
type set map[int]bool

// The six fields.
var (
	minuteField  = field{name: "minutes", low: 0, high: 59}
	hourField    = field{name: "hours", low: 0, high: 23}
	dayField     = field{name: "day-of-month", low: 1, high: 31}
	monthField   = field{name: "month", low: 1, high: 12, names: strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")}
	weekdayField = field{name: "day-of-week", low: 1, high: 7, names: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}}
	yearField    = field{name: "year", low: 1970, high: 2199, straight: true}
)

func parseCron(text string) (Schedule, error) {
	parts := strings.Fields(text)
	if len(parts) != 6 {
		return nil, fmt.Errorf("%w: cron(%s) has %d fields, not 6", ErrInvalid, text, len(parts))
	}
	if (parts[2] == "?") == (parts[4] == "?") {
		return nil, fmt.Errorf("%w: cron(%s): one of day-of-month and day-of-week must be ?, and only one", ErrInvalid, text)
	}
	var c cron
	var err error
	for _, one := range []struct {
		field field
		text  string
		into  *set
	}{{minuteField, parts[0], &c.minutes}, {hourField, parts[1], &c.hours}, {monthField, parts[3], &c.months}, {yearField, parts[5], &c.years}} {
		if *one.into, err = one.field.parse(one.text); err != nil {
			return nil, fmt.Errorf("%w: cron(%s): %w", ErrInvalid, text, err)
		}
	}
	if parts[4] == "?" {
		c.days, err = parseDays(parts[2])
	} else {
		c.days, err = parseWeekdays(parts[4])
	}
	if err != nil {
		return nil, fmt.Errorf("%w: cron(%s): %w", ErrInvalid, text, err)
	}
	return c, nil
}

// Next implements [Schedule].
func (c cron) Next(after time.Time) time.Time {
	from := after.UTC().Truncate(time.Minute).Add(time.Minute)
	for year := from.Year(); year <= yearField.high; year++ {
		if !c.years[year] {
			continue
		}
		for month := time.January; month <= time.December; month++ {
			over := year == from.Year() && month < from.Month()
			if over || !c.months[int(month)] {
				continue
			}
			if next := c.inMonth(year, month, from); !next.IsZero() {
				return next
			}
		}
	}
	return time.Time{}
}

// inMonth is the first time in a month that is not before the given one.
func (c cron) inMonth(year int, month time.Month, from time.Time) time.Time {
	days := c.days(year, month)
	for day := 1; day <= lastDay(year, month); day++ {
		end := time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC)
		if !days[day] || !end.After(from) {
			continue
		}
		for hour := range hourField.high + 1 {
			for minute := range minuteField.high + 1 {
				at := time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
				if c.hours[hour] && c.minutes[minute] && !at.Before(from) {
					return at
				}
			}
		}
	}
	return time.Time{}
}

// lastDay is how many days a month has.
func lastDay(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
