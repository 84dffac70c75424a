// Command conformance makes patterns and events to ask AWS's own engine about; README.md says how. What it makes
// follows from its seed, so that the questions change only with this program.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
)

// question is a pattern and events to try it on.
type question struct {
	Pattern string   `json:"pattern"`
	Events  []string `json:"events"`
}

// How much is made.
const (
	seed            = 20_261_125
	patterns        = 3000
	eventsOfEach    = 6
	brokenPatterns  = 1500
	wildcardGroups  = 300
	eventsOfBuiltIn = 8
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func write() error {
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, one := range questions() {
		if err := encoder.Encode(one); err != nil {
			return fmt.Errorf("writing a question: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the questions: %w", err)
	}
	return nil
}

func questions() []question {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // what it makes must be the same each time
	all := documented()
	for _, pattern := range invalid {
		all = append(all, question{Pattern: pattern, Events: []string{}})
	}
	for i := range all {
		for range eventsOfBuiltIn {
			all[i].Events = append(all[i].Events, g.eventFor(all[i].Pattern))
		}
	}
	for range patterns {
		made := question{Pattern: encode(g.pattern())}
		for range eventsOfEach {
			made.Events = append(made.Events, g.eventFor(made.Pattern))
		}
		all = append(all, made)
	}
	for range brokenPatterns {
		all = append(all, question{Pattern: g.broken(), Events: []string{}})
	}
	for range wildcardGroups {
		all = append(all, question{Pattern: encode(g.wildcards()), Events: []string{}})
	}
	return all
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it is made of maps, slices, strings and numbers
	}
	return string(text)
}
