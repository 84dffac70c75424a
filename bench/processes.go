package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clockTicks is the unit of /proc's processor times; it is 100 on every Linux that Go supports.
const clockTicks = 100

// sampling is how often processes are looked at; what a process used after the last look is missed.
const sampling = 50 * time.Millisecond

// tree watches processes and their descendants.
type tree struct {
	members map[int]string  // process → program
	before  map[int]float64 // process → seconds that it had used when it was first seen
	used    map[int]float64 // process → seconds
	end     chan struct{}
	ended   chan struct{}
}

// watchTree begins to watch. Where there is no /proc it sees nothing. What the roots used before does not count.
func watchTree(roots ...int) *tree {
	t := &tree{
		members: map[int]string{}, before: map[int]float64{}, used: map[int]float64{},
		end: make(chan struct{}), ended: make(chan struct{}),
	}
	for _, root := range roots {
		t.members[root] = ""
	}
	t.look()
	for _, root := range roots {
		t.before[root] = t.used[root]
	}
	go t.watch()
	return t
}

func (t *tree) watch() {
	defer close(t.ended)
	ticker := time.NewTicker(sampling)
	defer ticker.Stop()
	for {
		t.look()
		select {
		case <-t.end:
			return
		case <-ticker.C:
		}
	}
}

// stop ends the watch and says how much processor time each program used, in seconds.
func (t *tree) stop() map[string]float64 {
	close(t.end)
	<-t.ended
	byProgram := map[string]float64{}
	for pid, seconds := range t.used {
		byProgram[t.members[pid]] = round(byProgram[t.members[pid]] + seconds - t.before[pid])
	}
	return byProgram
}

func (t *tree) look() {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		pid, parent, program, seconds, err := parseStat(string(text))
		if err != nil {
			continue
		}
		_, parentKnown := t.members[parent]
		_, known := t.members[pid]
		if known || parentKnown {
			t.members[pid], t.used[pid] = program, seconds
		}
	}
}

// parseStat reads a line of /proc/<pid>/stat: pid (program) state parent … utime stime, and more that is of no use here.
func parseStat(line string) (pid, parent int, program string, seconds float64, err error) {
	open, end := strings.Index(line, "("), strings.LastIndex(line, ")")
	if open < 0 || end < open {
		return 0, 0, "", 0, fmt.Errorf("parsing %q: there is no program's name", line)
	}
	fields := strings.Fields(line[end+1:])
	const parentAt, userAt, systemAt = 1, 11, 12
	if len(fields) <= systemAt {
		return 0, 0, "", 0, fmt.Errorf("parsing %q: there are too few fields", line)
	}
	numbers := make([]int, 4)
	for i, text := range []string{strings.TrimSpace(line[:open]), fields[parentAt], fields[userAt], fields[systemAt]} {
		if numbers[i], err = strconv.Atoi(text); err != nil {
			return 0, 0, "", 0, fmt.Errorf("parsing %q: %w", line, err)
		}
	}
	return numbers[0], numbers[1], line[open+1 : end], float64(numbers[2]+numbers[3]) / clockTicks, nil
}
