package functions

import (
	"fmt"
	"math"
	"strings"
)

// Results are of one run, so that ratios compare like with like.
type Results struct {
	Went         string                `json:"went"`
	Cores        int                   `json:"cores"`
	Runs         int                   `json:"runs"`
	Events       int                   `json:"events"`
	ResultsRead  int                   `json:"results"`
	PackageBytes map[string]int64      `json:"packageBytes"`
	Processors   map[string]Processor  `json:"processors"`
	Aggregators  map[string]Aggregator `json:"aggregators"`
	Ratios       []Ratio               `json:"ratios"`
	Costs        []Cost                `json:"monthlyCosts"`
}

// Ratio is one thing that was promised. It is kept while the value is not above the limit, or not below it where more is
// better.
type Ratio struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	More  bool    `json:"moreIsBetter,omitempty"`
}

func (r Ratio) kept() bool {
	if r.More {
		return r.Value >= r.Limit
	}
	return r.Value <= r.Limit
}

// judged computes what follows from what was measured.
func (r Results) judged() Results {
	ours, node, python := r.Processors[Ours], r.Processors[Node], r.Processors[Python]
	aggregating := fmt.Sprintf("aggregating %d results, CPU ÷ Python's", r.ResultsRead)
	size := func(function string) float64 { return float64(r.PackageBytes[function]) / 1e6 }
	r.Ratios = []Ratio{
		{Name: "ready ÷ Node.js's", Value: ours.ReadyMs / node.ReadyMs, Limit: 1.0 / 15},
		{Name: "first event done ÷ Node.js's", Value: ours.FirstEventMs / node.FirstEventMs, Limit: 0.1},
		{Name: "first event done ÷ Python's", Value: ours.FirstEventMs / python.FirstEventMs, Limit: 0.1},
		{Name: "resident ÷ Node.js's", Value: ours.ResidentMB / node.ResidentMB, Limit: 0.25},
		{Name: "events per CPU-second ÷ Node.js's", Value: ours.EventsPerCPUSecond / node.EventsPerCPUSecond, Limit: 4, More: true},
		{Name: "AWS calls for a new event", Value: ours.CallsPerEvent, Limit: 3},
		{Name: "AWS calls for a duplicate, same environment", Value: ours.CallsPerDuplicate, Limit: 1},
		{Name: "AWS calls for a duplicate, another environment", Value: ours.CallsElsewhere, Limit: 1},
		{Name: aggregating, Value: r.Aggregators[Ours].CPUSeconds / r.Aggregators[Python].CPUSeconds, Limit: 0.1},
		{Name: "package of the processor, MB", Value: size("processor"), Limit: 4.5},
		{Name: "package of the aggregator, MB", Value: size("aggregator"), Limit: 8},
		{Name: "package of the remediator, MB", Value: size("remediator"), Limit: 8},
	}
	for _, resources := range []int{1_000, 10_000, 100_000} {
		r.Costs = append(r.Costs, r.cost(resources))
	}
	return r
}

func (r Results) missed() bool {
	for _, ratio := range r.Ratios {
		if !ratio.kept() {
			return true
		}
	}
	return false
}

// Table is what people read; it is Markdown.
func (r Results) Table() string {
	var text strings.Builder
	line := func(format string, values ...any) { _, _ = fmt.Fprintf(&text, format+"\n", values...) }
	line("\nMedians of %d runs in turns, on %d cores.\n", r.Runs, r.Cores)
	line("| processor | ours | Node.js 20, SDK v3 | Python 3, boto3 |\n|---|--:|--:|--:|")
	row := func(name string, of func(Processor) float64) {
		line("| %s | %.4g | %.4g | %.4g |", name, of(r.Processors[Ours]), of(r.Processors[Node]), of(r.Processors[Python]))
	}
	row("ready after its start, ms", func(p Processor) float64 { return p.ReadyMs })
	row("first event done after its start, ms", func(p Processor) float64 { return p.FirstEventMs })
	row(fmt.Sprintf("resident after %d events, MB", r.Events), func(p Processor) float64 { return p.ResidentMB })
	row("events per CPU-second", func(p Processor) float64 { return p.EventsPerCPUSecond })
	row("AWS calls per new event", func(p Processor) float64 { return p.CallsPerEvent })
	row("AWS calls per duplicate, same environment", func(p Processor) float64 { return p.CallsPerDuplicate })
	row("AWS calls per duplicate, another environment", func(p Processor) float64 { return p.CallsElsewhere })
	row("kB per event, both ways", func(p Processor) float64 { return p.BytesPerEvent / 1000 })
	ours, python := r.Aggregators[Ours], r.Aggregators[Python]
	line("\n| aggregator, %d results | ours | Python 3, boto3 |\n|---|--:|--:|", r.ResultsRead)
	line("| CPU-seconds | %.3g | %.3g |", ours.CPUSeconds, python.CPUSeconds)
	line("| resident at the end, MB | %.3g | %.3g |", ours.ResidentMB, python.ResidentMB)
	line("| AWS calls per 1,000 results | %.4g | %.4g |", ours.CallsPer1000, python.CallsPer1000)
	line("| kB per 1,000 results, both ways | %.4g | %.4g |", ours.BytesPer1000/1000, python.BytesPer1000/1000)
	line("\n| promised | measured | limit | |\n|---|--:|--:|---|")
	for _, ratio := range r.Ratios {
		relation, mark := "≤", "kept"
		if ratio.More {
			relation = "≥"
		}
		if !ratio.kept() {
			mark = "**missed**"
		}
		line("| %s | %.3g | %s %.3g | %s |", ratio.Name, ratio.Value, relation, ratio.Limit, mark)
	}
	text.WriteString(costTable(r.Costs))
	return text.String()
}

func round(value float64) float64 { return math.Round(value*100) / 100 }
