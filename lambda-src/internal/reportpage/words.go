package reportpage

import (
	"fmt"
	"strconv"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

// number has its thousands apart.
func number(n int) markup {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return markup(digits)
}

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return string(number(n)) + " " + noun + "s"
}

// percent is a score with one digit, rounded down, so that 99.96 is not called 100.
func percent(score *float64) string {
	if score == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f", float64(int(*score*10))/10)
}

func moment(at time.Time) markup { return markup(at.UTC().Format("2 Jan 2006, 15:04")) }

func date(at time.Time) markup { return markup(at.UTC().Format("2 Jan 2006")) }

// length is a time in the largest unit that says enough.
func length(d time.Duration) string {
	switch {
	case d < time.Hour:
		return plural(max(0, int(d/time.Minute)), "minute")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour")
	default:
		return plural(int(d/(24*time.Hour)), "day")
	}
}

// badge is a severity as people see it.
func badge(severity catalogue.Severity) markup {
	return `<span class="badge ` + class(severity) + `">` + escape(string(severity)) + `</span>`
}

// class is the severity's class in the style sheet.
func class(severity catalogue.Severity) markup {
	switch severity {
	case catalogue.Critical, catalogue.High, catalogue.Medium, catalogue.Low:
		return markup(severity)
	default:
		return "unrated"
	}
}
