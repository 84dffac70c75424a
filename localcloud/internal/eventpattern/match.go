package eventpattern

import (
	"fmt"
	"maps"
)

// Matches says whether an event matches. The error is for what is no event.
func (p *Pattern) Matches(event []byte) (bool, error) {
	read, err := ReadEvent(event)
	if err != nil {
		return false, err
	}
	return p.MatchesEvent(read), nil
}

// MatchesEvent is Matches for an event that has been read.
func (p *Pattern) MatchesEvent(event *Event) bool {
	for _, alternative := range p.alternatives {
		if alternative.matches(event, map[int]int{}) {
			return true
		}
	}
	return false
}

// matches says whether what is demanded is met by values that are together in every array of objects that they are in.
func (a alternative) matches(event *Event, place map[int]int) bool {
	if len(a) == 0 {
		return true
	}
	leaves := event.leaves[a[0].path]
	if a[0].allowsAbsence() && !present(leaves, place) && a[1:].matches(event, place) {
		return true
	}
	tried := map[string]bool{}
	for _, leaf := range leaves {
		merged, ok := together(place, leaf.place)
		if !ok || !a[0].met(leaf.value) {
			continue
		}
		key := fmt.Sprint(merged) // maps print in the order of their keys
		if !tried[key] && a[1:].matches(event, merged) {
			return true
		}
		tried[key] = true
	}
	return false
}

func (d demand) allowsAbsence() bool {
	for _, matcher := range d.matchers {
		if _, ok := matcher.(absent); ok {
			return true
		}
	}
	return false
}

func (d demand) met(value string) bool {
	for _, matcher := range d.matchers {
		if matcher.matches(value) {
			return true
		}
	}
	return false
}

// present says whether one of the values may be together with those that were matched before.
func present(leaves []leaf, place map[int]int) bool {
	for _, leaf := range leaves {
		if _, ok := together(place, leaf.place); ok {
			return true
		}
	}
	return false
}

// together merges places, unless they are in different elements of the same array.
func together(a, b map[int]int) (map[int]int, bool) {
	for array, element := range b {
		if other, found := a[array]; found && other != element {
			return nil, false
		}
	}
	if len(b) == 0 {
		return a, true
	}
	merged := maps.Clone(a)
	maps.Copy(merged, b)
	return merged, true
}
