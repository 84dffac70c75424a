package reportpage

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

// Size of the chart and of its plot, in units of its own.
const (
	chartWidth  = 960.0
	chartHeight = 240.0
	plotLeft    = 58.0
	plotRight   = chartWidth - 16
	plotTop     = 14.0
	plotBottom  = chartHeight - 30
)

// scale places points in the plot.
type scale struct {
	first time.Time
	span  time.Duration
	low   float64 // score at the bottom
}

func newScale(points []report.Point) scale {
	s := scale{first: points[0].Started, span: points[len(points)-1].Started.Sub(points[0].Started), low: 100}
	for _, point := range points {
		s.low = min(s.low, *point.Score)
	}
	s.low = min(90, math.Floor(s.low/10)*10)
	return s
}

func (s scale) x(at time.Time) float64 {
	if s.span <= 0 {
		return (plotLeft + plotRight) / 2
	}
	return plotLeft + (plotRight-plotLeft)*float64(at.Sub(s.first))/float64(s.span)
}

func (s scale) y(score float64) float64 {
	return plotBottom - (plotBottom-plotTop)*(score-s.low)/(100-s.low)
}

// history draws the score of this report and of those before.
func (p *page) history(s report.Summary) {
	var points []report.Point
	for _, point := range s.History {
		if point.Score != nil {
			points = append(points, point)
		}
	}
	p.section("Score", -1, func() {
		if len(points) < 2 {
			p.note("The chart begins with the second report that has a score.")
			return
		}
		p.chart(points)
	})
}

func (p *page) chart(points []report.Point) {
	s := newScale(points)
	first, last := points[0], points[len(points)-1]
	p.raw(`<figure><svg class="chart" viewBox="0 0 `, coordinate(chartWidth), ` `, coordinate(chartHeight),
		`" role="img" aria-labelledby="chart-title">`,
		`<title id="chart-title">`, escape(fmt.Sprintf("Score of %d reports, from %s %% on %s to %s %% on %s",
			len(points), percent(first.Score), date(first.Started), percent(last.Score), date(last.Started))), "</title>\n")
	step := 10.0
	if s.low < 60 {
		step = 20
	}
	for score := 100.0; score >= s.low; score -= step {
		y := coordinate(s.y(score))
		p.raw(`<line class="grid" x1="`, coordinate(plotLeft), `" x2="`, coordinate(plotRight), `" y1="`, y, `" y2="`, y, `"/>`,
			`<text class="axis" text-anchor="end" x="`, coordinate(plotLeft-8), `" y="`, coordinate(s.y(score)+4), `">`,
			markup(fmt.Sprintf("%.0f", score)), "</text>\n")
	}
	p.days(s, last.Started)
	var line strings.Builder
	for _, point := range points {
		fmt.Fprintf(&line, "%.1f,%.1f ", s.x(point.Started), s.y(*point.Score))
	}
	p.raw(`<polygon class="area" points="`, markup(line.String()), coordinate(s.x(last.Started)), `,`, coordinate(plotBottom), ` `,
		coordinate(s.x(first.Started)), `,`, coordinate(plotBottom), `"/><polyline class="line" points="`,
		markup(strings.TrimSpace(line.String())), "\"/>\n")
	incomplete := 0
	for i, point := range points {
		kind := markup("dot")
		switch {
		case !point.Complete:
			kind = "dot hollow"
			incomplete++
		case i < len(points)-1:
			continue
		}
		p.raw(`<circle class="`, kind, `" r="4.5" cx="`, coordinate(s.x(point.Started)), `" cy="`, coordinate(s.y(*point.Score)), "\"/>\n")
	}
	p.raw("</svg>")
	if incomplete > 0 {
		p.raw(`<figcaption class="note">A ring is a report that was incomplete: its score counts what was read.</figcaption>`)
	}
	p.raw("</figure>\n")
}

// days labels the first and the last day, and up to three between.
func (p *page) days(s scale, last time.Time) {
	const labels = 4
	anchor := []markup{"start", "middle", "middle", "middle", "end"}
	shown := markup("")
	for i := range labels + 1 {
		at := s.first.Add(time.Duration(float64(last.Sub(s.first)) * float64(i) / labels))
		label := markup(at.UTC().Format("2 Jan"))
		if label == shown {
			continue
		}
		shown = label
		p.raw(`<text class="axis" text-anchor="`, anchor[i], `" x="`, coordinate(s.x(at)), `" y="`, coordinate(chartHeight-8), `">`, label, "</text>\n")
	}
}

func coordinate(value float64) markup { return markup(fmt.Sprintf("%.1f", value)) }
