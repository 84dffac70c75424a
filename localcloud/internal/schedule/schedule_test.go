package schedule

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// start is a Wednesday.
var start = time.Date(2026, time.November, 25, 12, 34, 56, 789, time.UTC)

var _ = Describe("A schedule expression", func() {
	DescribeTable("should be due",
		func(expression string, expected ...string) {
			schedule, err := Parse(expression)
			Expect(err).NotTo(HaveOccurred())
			at := start
			for _, want := range expected {
				at = schedule.Next(at)
				Expect(at.Format("2006-01-02 15:04")).To(Equal(want))
			}
		},
		Entry("every minute", "rate(1 minute)", "2026-11-25 12:35", "2026-11-25 12:36"),
		Entry("every 6 hours", "rate(6 hours)", "2026-11-25 18:34", "2026-11-26 00:34"),
		Entry("every day", "rate(1 day)", "2026-11-26 12:34"),
		Entry("at a time of each day", "cron(0 10 * * ? *)", "2026-11-26 10:00", "2026-11-27 10:00"),
		Entry("at a time of some weekdays", "cron(15 12 ? * MON-FRI *)", "2026-11-26 12:15", "2026-11-27 12:15", "2026-11-30 12:15"),
		Entry("on the first of each month", "cron(0 8 1 * ? *)", "2026-12-01 08:00", "2027-01-01 08:00"),
		Entry("each quarter of an hour", "cron(0/15 * * * ? *)", "2026-11-25 12:45", "2026-11-25 13:00"),
		Entry("each ten minutes on weekdays", "cron(0/10 * ? * MON-FRI *)", "2026-11-25 12:40"),
		Entry("each five minutes in working hours", "cron(0/5 8-17 ? * MON-FRI *)", "2026-11-25 12:35"),
		Entry("in the next minute", "cron(35 12 * * ? *)", "2026-11-25 12:35"),
		Entry("not in this minute", "cron(34 12 * * ? *)", "2026-11-26 12:34"),
		Entry("on the last day", "cron(0 0 L * ? *)", "2026-11-30 00:00", "2026-12-31 00:00", "2027-01-31 00:00", "2027-02-28 00:00"),
		Entry("on the last day of a leap year's February", "cron(0 0 L 2 ? 2028)", "2028-02-29 00:00"),
		Entry("on the last weekday", "cron(0 0 LW * ? *)", "2026-11-30 00:00", "2026-12-31 00:00", "2027-01-29 00:00"),
		Entry("on the weekday nearest to a Saturday", "cron(0 0 28W 11 ? *)", "2026-11-27 00:00"),
		Entry("on the weekday nearest to a Sunday", "cron(0 0 29W 11 ? *)", "2026-11-30 00:00"),
		Entry("on the weekday nearest to a first that is a Saturday", "cron(0 0 1W 5 ? 2027)", "2027-05-03 00:00"),
		Entry("on the weekday nearest to a last that is a Sunday", "cron(0 0 31W 1 ? 2027)", "2027-01-29 00:00"),
		Entry("on the weekday nearest to a day that not each month has", "cron(0 0 31W * ? *)", "2026-12-31 00:00", "2027-01-29 00:00", "2027-03-31 00:00"),
		Entry("on the last Friday", "cron(0 0 ? * 6L *)", "2026-11-27 00:00", "2026-12-25 00:00"),
		Entry("on the last Friday by name", "cron(0 0 ? * FRIL *)", "2026-11-27 00:00"),
		Entry("on the last day of the week", "cron(0 0 ? * L *)", "2026-11-28 00:00", "2026-12-05 00:00"),
		Entry("on the third Monday", "cron(0 0 ? * 2#3 *)", "2026-12-21 00:00", "2027-01-18 00:00"),
		Entry("on the fifth Monday", "cron(0 0 ? * MON#5 *)", "2026-11-30 00:00", "2027-03-29 00:00"),
		Entry("on Sundays", "cron(0 0 ? * 1 *)", "2026-11-29 00:00"),
		Entry("around the weekend", "cron(0 0 ? * SAT-MON *)", "2026-11-28 00:00", "2026-11-29 00:00", "2026-11-30 00:00", "2026-12-05 00:00"),
		Entry("around midnight", "cron(0 23-1 * * ? *)", "2026-11-25 23:00", "2026-11-26 00:00", "2026-11-26 01:00", "2026-11-26 23:00"),
		Entry("in a list", "cron(1,2 3 4 jan,MAR ? 2027-2028)", "2027-01-04 03:01", "2027-01-04 03:02", "2027-03-04 03:01"),
		Entry("in steps of a range", "cron(10-30/10 0 * * ? *)", "2026-11-26 00:10", "2026-11-26 00:20", "2026-11-26 00:30", "2026-11-27 00:10"),
		Entry("on a leap day", "cron(0 0 29 2 ? *)", "2028-02-29 00:00", "2032-02-29 00:00"),
		Entry("each second year", "cron(0 0 1 1 ? 2027/2)", "2027-01-01 00:00", "2029-01-01 00:00"),
	)

	DescribeTable("should never be due",
		func(expression string) {
			schedule, err := Parse(expression)
			Expect(err).NotTo(HaveOccurred())
			Expect(schedule.Next(start)).To(BeZero())
		},
		Entry("in a year that is over", "cron(0 0 1 1 ? 2026)"),
		Entry("on a day that no month has", "cron(0 0 30 2 ? *)"),
	)

	DescribeTable("should be refused",
		func(expression string) {
			_, err := Parse(expression)
			Expect(err).To(MatchError(ErrInvalid))
		},
		Entry("nothing", ""), Entry("another kind", "at(2026-11-25T00:00:00)"), Entry("no end", "rate(1 minute"), Entry("a space", " rate(1 minute)"),
		Entry("no number", "rate(minute)"), Entry("zero", "rate(0 minutes)"), Entry("a negative number", "rate(-5 minutes)"),
		Entry("a fraction", "rate(1.5 hours)"), Entry("seconds", "rate(30 seconds)"), Entry("a plural for one", "rate(1 minutes)"),
		Entry("a singular for many", "rate(5 minute)"), Entry("two spaces", "rate(5  minutes)"), Entry("a rate that is too long", "rate(999999999 days)"),
		Entry("five fields", "cron(0 10 * * ?)"), Entry("seven fields", "cron(0 0 10 * * ? *)"), Entry("two days", "cron(0 10 1 * MON *)"),
		Entry("two stars", "cron(0 10 * * * *)"), Entry("two question marks", "cron(0 10 ? * ? *)"), Entry("a question mark elsewhere", "cron(? 10 * * ? *)"),
		Entry("minute 60", "cron(60 10 * * ? *)"), Entry("hour 24", "cron(0 24 * * ? *)"), Entry("day 0", "cron(0 10 0 * ? *)"),
		Entry("day 32", "cron(0 10 32 * ? *)"), Entry("month 13", "cron(0 10 * 13 ? *)"), Entry("weekday 8", "cron(0 10 ? * 8 *)"),
		Entry("weekday 0", "cron(0 10 ? * 0 *)"), Entry("a year before 1970", "cron(0 10 * * ? 1969)"), Entry("a year after 2199", "cron(0 10 * * ? 2200)"),
		Entry("years backwards", "cron(0 10 * * ? 2030-2027)"), Entry("an unknown name", "cron(0 10 * FOO ? *)"), Entry("a step of 0", "cron(0/0 10 * * ? *)"),
		Entry("a step that is too long", "cron(0/60 10 * * ? *)"), Entry("a step that is none", "cron(0/x 10 * * ? *)"), Entry("an empty part", "cron(1,,2 10 * * ? *)"),
		Entry("an open range", "cron(1- 10 * * ? *)"), Entry("a sixth Monday", "cron(0 0 ? * 2#6 *)"), Entry("no which", "cron(0 0 ? * 2# *)"),
		Entry("W without a day", "cron(0 0 W * ? *)"), Entry("W in a list", "cron(0 0 1,15W * ? *)"), Entry("a last that is no weekday", "cron(0 0 ? * 9L *)"),
		Entry("L among minutes", "cron(L 0 * * ? *)"), Entry("signs", "cron(+1 0 * * ? *)"), Entry("words", "cron(a b c d e f)"),
	)
})

func TestNextIsTheFirstMinuteThatFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.SampledFrom([]string{"*", "0", "0/7", "10-20", "5,50"}).Draw(t, "minute")
		hour := rapid.SampledFrom([]string{"*", "0", "*/5", "22-2", "3,15"}).Draw(t, "hour")
		days := rapid.SampledFrom([]string{"* * ?", "L * ?", "15W * ?", "1-5 1/3 ?", "? * MON-FRI", "? * 6L", "? 2,11 3#2"}).Draw(t, "days")
		schedule, err := Parse("cron(" + minute + " " + hour + " " + days + " *)")
		if err != nil {
			t.Fatal(err)
		}
		after := start.Add(time.Duration(rapid.Int64Range(0, int64(800*24*time.Hour)).Draw(t, "after")))
		next := schedule.Next(after)
		if !next.After(after) || !next.Equal(next.Truncate(time.Minute)) {
			t.Fatalf("%s is not a minute after %s", next, after)
		}
		// Nothing lies between: from any time in between, the same one is next.
		between := after.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(after))-1).Draw(t, "between")))
		if again := schedule.Next(between); !again.Equal(next) {
			t.Fatalf("after %s it is %s, and after %s it is %s", after, next, between, again)
		}
	})
}

// FuzzParse looks for expressions that crash, or that are due in the past.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"rate(5 minutes)", "cron(0/15 8-17 ? * MON-FRI 2026-2030)", "cron(0 0 15W * ? *)", "cron(0 0 ? * 6#3 *)", "cron(0 0 L 2 ? *)", "cron("} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		schedule, err := Parse(expression)
		if err != nil {
			return
		}
		if next := schedule.Next(start); !next.IsZero() && !next.After(start) {
			t.Fatalf("due at %s, which is not after %s", next, start)
		}
	})
}
