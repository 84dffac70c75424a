package main

import (
	"fmt"
	"math"
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
	r.Shares = map[string]float64{"provider waits": round(chain / all)}
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
	return text.String()
}

func round(value float64) float64 {
	return math.Round(value*100) / 100
}
