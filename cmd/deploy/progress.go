package deploy

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// quiet is how long nothing may happen before progress says what is still under way.
const quiet = 10 * time.Second

// progress shows what the engine does, a line a finished resource, and keeps what went wrong.
type progress struct {
	out     io.Writer
	layer   string
	mu      sync.Mutex
	running map[string]started // by URN
	changes map[string]int
	done    int // resources changed so far

	problems []string
}

type started struct {
	operation apitype.OpType
	at        time.Time
}

func newProgress(out io.Writer, layer, doing string) *progress {
	_, _ = fmt.Fprintf(out, "%s %s\n", doing, layer)
	return &progress{out: out, layer: layer, running: map[string]started{}, changes: map[string]int{}}
}

// follow reads events until the channel is closed.
func (p *progress) follow(stream <-chan events.EngineEvent) {
	ticker := time.NewTicker(quiet)
	defer ticker.Stop()
	for {
		select {
		case event, ok := <-stream:
			if !ok {
				return
			}
			if p.handle(event, time.Now()) {
				ticker.Reset(quiet)
			}
		case now := <-ticker.C:
			p.waiting(now)
		}
	}
}

// handle takes one event and says whether it wrote a line.
func (p *progress) handle(event events.EngineEvent, now time.Time) bool {
	switch {
	case event.ResourcePreEvent != nil:
		metadata := event.ResourcePreEvent.Metadata
		p.running[metadata.URN] = started{operation: metadata.Op, at: now}
	case event.ResOutputsEvent != nil:
		return p.finished(event.ResOutputsEvent.Metadata, now)
	case event.ResOpFailedEvent != nil:
		delete(p.running, event.ResOpFailedEvent.Metadata.URN)
	case event.DiagnosticEvent != nil:
		p.diagnose(*event.DiagnosticEvent)
	case event.SummaryEvent != nil:
		for operation, count := range event.SummaryEvent.ResourceChanges {
			p.changes[string(operation)] = count
		}
	}
	return false
}

// marks are what stands before a line for each operation that is worth one.
var marks = map[apitype.OpType]string{
	apitype.OpCreate: "+", apitype.OpUpdate: "~", apitype.OpDelete: "-", apitype.OpReplace: "±",
	apitype.OpCreateReplacement: "+", apitype.OpDeleteReplaced: "-",
}

func (p *progress) finished(metadata apitype.StepEventMetadata, now time.Time) bool {
	begun, ok := p.running[metadata.URN]
	delete(p.running, metadata.URN)
	mark, worth := marks[metadata.Op]
	if !worth || strings.HasPrefix(metadata.Type, "pulumi:") {
		return false
	}
	p.done++
	took := ""
	if seconds := now.Sub(begun.at).Seconds(); ok && seconds >= 1 {
		took = fmt.Sprintf("  %.0fs", seconds)
	}
	_, _ = fmt.Fprintf(p.out, "  %s %-44s %s%s%s\n", mark, shortType(metadata.Type), logicalName(metadata.URN),
		changedProperties(metadata), took)
	return true
}

// changedProperties names what an update changes.
func changedProperties(metadata apitype.StepEventMetadata) string {
	if metadata.Op != apitype.OpUpdate || len(metadata.Diffs) == 0 {
		return ""
	}
	return " (" + strings.Join(metadata.Diffs, ", ") + ")"
}

// waiting says what has been under way for long.
func (p *progress) waiting(now time.Time) {
	var names []string
	for urn, begun := range p.running {
		if _, worth := marks[begun.operation]; worth && !strings.HasPrefix(urnType(urn), "pulumi:") {
			names = append(names, fmt.Sprintf("%s (%.0fs)", logicalName(urn), now.Sub(begun.at).Seconds()))
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		_, _ = fmt.Fprintf(p.out, "  … waiting for %s\n", strings.Join(names, ", "))
	}
}

func (p *progress) diagnose(event apitype.DiagnosticEvent) {
	message := plainText(event.Message)
	switch event.Severity {
	case "error":
		if message == "update failed" || message == "preview failed" || strings.Contains(message, "an unhandled error occurred") {
			return // a summary of what another diagnostic, or the layer itself, says
		}
		if event.URN != "" {
			message = fmt.Sprintf("%s %s: %s", shortType(urnType(event.URN)), logicalName(event.URN), message)
		}
		if !slices.Contains(p.problems, message) {
			p.problems = append(p.problems, message)
		}
	case "warning":
		_, _ = fmt.Fprintf(p.out, "  ! %s\n", message)
	}
}

func (p *progress) finish(result Result) {
	var parts []string
	for _, operation := range []string{"create", "update", "replace", "delete", "same"} {
		if count := result.Changes[operation]; count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, pastTense[operation]))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing to do"}
	}
	_, _ = fmt.Fprintf(p.out, "  %s in %.1fs\n", strings.Join(parts, ", "), result.Took.Seconds())
}

var pastTense = map[string]string{
	"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged",
}

// markup is Pulumi's colour markup and terminal escapes.
var markup = regexp.MustCompile(`<\{%[^%]*%\}>|\x1b\[[0-9;]*m`)

func plainText(text string) string {
	return strings.TrimSpace(markup.ReplaceAllString(text, ""))
}

// urnType is the type in a URN: urn:pulumi:<stack>::<project>::<parent$type>::<name>.
func urnType(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:]
}

func logicalName(urn string) string {
	return urn[strings.LastIndex(urn, "::")+2:]
}

// shortType leaves the module's file out of a type: aws:s3/bucketV2:BucketV2 is aws:s3:BucketV2.
func shortType(token string) string {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return token
	}
	module, _, _ := strings.Cut(parts[1], "/")
	return parts[0] + ":" + module + ":" + parts[2]
}
