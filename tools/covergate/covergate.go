// Package covergate decides whether the tests covered enough: it merges coverage profiles, leaves out what a written list
// excludes, and names every statement that no test ran.
package covergate

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/cover"
)

// Exclusion is one line of the list of what need not be covered.
type Exclusion struct {
	Pattern string // of a file's path, as path.Match has it, or a folder ending in /...
	Reason  string
}

// ParseExclusions reads lines of a pattern and a reason, parted by white space; empty lines and lines that start with #
// are passed over. A pattern without a reason is an error.
func ParseExclusions(list io.Reader) ([]Exclusion, error) {
	var exclusions []Exclusion
	var faults []error
	lines := bufio.NewScanner(list)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, reason, _ := strings.Cut(line, " ")
		if _, err := path.Match(pattern, ""); err != nil || strings.TrimSpace(reason) == "" {
			faults = append(faults, fmt.Errorf("line %d of the exclusions: %q is not a pattern followed by a reason",
				number, line))
		}
		exclusions = append(exclusions, Exclusion{Pattern: pattern, Reason: strings.TrimSpace(reason)})
	}
	return exclusions, errors.Join(append(faults, lines.Err())...)
}

func (e Exclusion) covers(file string) bool {
	if folder, ok := strings.CutSuffix(e.Pattern, "/..."); ok {
		return strings.HasPrefix(file, folder+"/")
	}
	matched, err := path.Match(e.Pattern, file)
	return err == nil && matched
}

// Gap is a piece of code that no test ran.
type Gap struct {
	File       string
	From, To   int // lines
	Statements int
}

// Report is what the profiles say of the code that counts.
type Report struct {
	Statements, Covered int
	Gaps                []Gap
	Unused              []Exclusion // exclusions that no file matches any more
}

// Percent is the share of statements that tests ran; of nothing, it is 0, so that an empty profile passes no gate.
func (r Report) Percent() float64 {
	if r.Statements == 0 {
		return 0
	}
	return 100 * float64(r.Covered) / float64(r.Statements)
}

// block tells one piece of code from another across profiles.
type block struct {
	file                             string
	fromLine, fromCol, toLine, toCol int
}

// Measure merges the profiles; a statement counts as covered when any of them ran it.
func Measure(profiles []*cover.Profile, exclusions []Exclusion) Report {
	statements, ran := map[block]int{}, map[block]bool{}
	used := make([]bool, len(exclusions))
	for _, profile := range profiles {
		index := slices.IndexFunc(exclusions, func(e Exclusion) bool { return e.covers(profile.FileName) })
		if index >= 0 {
			used[index] = true
			continue
		}
		for _, b := range profile.Blocks {
			key := block{profile.FileName, b.StartLine, b.StartCol, b.EndLine, b.EndCol}
			statements[key] = b.NumStmt
			ran[key] = ran[key] || b.Count > 0
		}
	}
	report := summarise(statements, ran)
	for i, exclusion := range exclusions {
		if !used[i] {
			report.Unused = append(report.Unused, exclusion)
		}
	}
	return report
}

func summarise(statements map[block]int, ran map[block]bool) Report {
	var report Report
	for key, count := range statements {
		report.Statements += count
		if ran[key] {
			report.Covered += count
		} else if count > 0 {
			report.Gaps = append(report.Gaps, Gap{File: key.file, From: key.fromLine, To: key.toLine, Statements: count})
		}
	}
	slices.SortFunc(report.Gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return report
}
