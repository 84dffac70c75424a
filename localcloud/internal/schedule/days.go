package schedule

import (
	"strings"
	"time"
)

// parseDays reads a day-of-month: a list, L for the last day, or W for the weekday that is nearest: 15W, LW.
func parseDays(text string) (func(int, time.Month) set, error) {
	switch {
	case text == "L":
		return func(year int, month time.Month) set { return set{lastDay(year, month): true} }, nil
	case text == "LW":
		return func(year int, month time.Month) set { return nearestWeekday(year, month, lastDay(year, month)) }, nil
	case strings.HasSuffix(text, "W"):
		day, err := dayField.value(strings.TrimSuffix(text, "W"))
		if err != nil {
			return nil, dayField.fault(text)
		}
		return func(year int, month time.Month) set { return nearestWeekday(year, month, day) }, nil
	}
	days, err := dayField.parse(text)
	if err != nil {
		return nil, err
	}
	return func(int, time.Month) set { return days }, nil
}

// nearestWeekday is the weekday in a month that is nearest to a day of it, if it has that day.
func nearestWeekday(year int, month time.Month, day int) set {
	last := lastDay(year, month)
	if day > last {
		return nil
	}
	switch time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday() {
	case time.Saturday:
		if day--; day == 0 {
			day = 3
		}
	case time.Sunday:
		if day++; day > last {
			day = last - 2
		}
	default:
	}
	return set{day: true}
}

// parseWeekdays reads a day-of-week: a list, one with L for the last in the month (6L), or the nth (6#3).
func parseWeekdays(text string) (func(int, time.Month) set, error) {
	if text == "L" {
		text = "SAT"
	}
	if name, isLast := strings.CutSuffix(text, "L"); isLast {
		weekday, err := weekdayField.value(name)
		if err != nil {
			return nil, weekdayField.fault(text)
		}
		return func(year int, month time.Month) set {
			last := lastDay(year, month)
			return set{last - (weekdayOf(year, month, last)-weekday+7)%7: true}
		}, nil
	}
	if name, which, found := strings.Cut(text, "#"); found {
		weekday, err := weekdayField.value(name)
		if err != nil || len(which) != 1 || which < "1" || which > "5" {
			return nil, weekdayField.fault(text)
		}
		return func(year int, month time.Month) set {
			first := 1 + (weekday-weekdayOf(year, month, 1)+7)%7
			return set{first + 7*int(which[0]-'1'): true}
		}, nil
	}
	weekdays, err := weekdayField.parse(text)
	if err != nil {
		return nil, err
	}
	return func(year int, month time.Month) set {
		days := set{}
		for day := 1; day <= lastDay(year, month); day++ {
			days[day] = weekdays[weekdayOf(year, month, day)]
		}
		return days
	}, nil
}

// weekdayOf is the number of a day's weekday, from 1 for Sunday.
func weekdayOf(year int, month time.Month, day int) int {
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()) + 1
}
