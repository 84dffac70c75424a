package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// results are of one run, so that ratios compare like with like.
type results struct {
	Went          string             `json:"went"`
	Cores         int                `json:"cores"`
	LocalUp       timing             `json:"localUp"`
	DeployAll     timing             `json:"deployAll"`
	Unchanged     timing             `json:"deployAllUnchanged"`
	BuildFunction timing             `json:"buildLambdasAfterChange"`
	OneFunction   timing             `json:"deployFunctionsAfterChange"`
	DestroyAll    timing             `json:"destroyAll"`
	Chain         map[string]float64 `json:"providerWaitsSeconds"` // longest chain of each layer
	Shares        map[string]float64 `json:"deployAllShares"`      // of its time; processors work side by side, so not of 1
	Ratios        []ratio            `json:"ratios"`
}

// programs says what the names of processes stand for. A name is cut off after 15 characters.
var programs = map[string]string{
	"compliance":      "our code: the layers, and the gateway of the local AWS",
	"pulumi":          "the engine",
	"pulumi-resource": "the AWS provider, without its waits",
	"python3":         "moto",
	providerWaits:     "the longest chain of the provider's fixed waits",
}

const providerWaits = "provider waits"

// ratio is one thing that was promised.
type ratio struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
}

// judged computes what follows from the timings.
func (r results) judged() results {
	chain := 0.0
	for _, seconds := range r.Chain {
		chain += seconds
	}
	all := r.DeployAll.Seconds
	r.Ratios = []ratio{
		{"deploy-all ÷ longest chain of the provider's waits", round(all / chain), 1.2},
		{"unchanged deploy-all, seconds", r.Unchanged.Seconds, 12},
		{"deploy-functions after a change of one function ÷ deploy-all", round(r.OneFunction.Seconds / all), 0.2},
	}
	r.Shares = map[string]float64{providerWaits: round(chain / all)}
	for program, seconds := range r.DeployAll.CPU {
		r.Shares[program] = round(seconds / all)
	}
	return r
}

func (r results) table() string {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "\n%-62s %8s %8s\n", "", "measured", "limit")
	for _, ratio := range r.Ratios {
		mark := ""
		if ratio.Value > ratio.Limit {
			mark = "  missed"
		}
		_, _ = fmt.Fprintf(&text, "%-62s %8.2f %8.2f%s\n", ratio.Name, ratio.Value, ratio.Limit, mark)
	}
	_, _ = fmt.Fprintf(&text, "\nOf the %.0f s of deploy-all (programs work side by side and while the provider waits):\n",
		r.DeployAll.Seconds)
	for _, name := range slices.Sorted(maps.Keys(r.Shares)) {
		_, _ = fmt.Fprintf(&text, "  %-16s %3.0f%%  %s\n", name, 100*r.Shares[name], programs[name])
	}
	return text.String()
}

func round(value float64) float64 {
	return math.Round(value*100) / 100
}
