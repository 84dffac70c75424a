package deploy

import (
	"fmt"
	"io"
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
	mutex    sync.Mutex // of out, which others than the reader of events write to as well
	out      io.Writer
	planned  bool               // nothing is done, only said
	running  map[string]started // by URN
	changes  map[string]int     // by operation, without what is Pulumi's own
	problems []string
}

type started struct {
	operation apitype.OpType
	at        time.Time
}

func newProgress(out io.Writer, layer, doing string) *progress {
	p := &progress{
		out: out, planned: doing == previewing, running: map[string]started{}, changes: map[string]int{},
	}
	p.line("%s %s", doing, layer)
	return p
}

// line writes one line.
func (p *progress) line(format string, args ...any) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	_, _ = fmt.Fprintf(p.out, format+"\n", args...)
}

// note writes a line that tells of something unusual.
func (p *progress) note(format string, args ...any) {
	p.line("  ! "+format, args...)
}

// follow reads events until the stream is closed or all is over.
func (p *progress) follow(stream <-chan events.EngineEvent, over <-chan struct{}) {
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
		case <-over:
			return
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
		return p.diagnose(*event.DiagnosticEvent)
	}
	return false
}

// marks are what stands before a line for each operation that is worth one.
var marks = map[apitype.OpType]string{
	apitype.OpCreate: "+", apitype.OpUpdate: "~", apitype.OpDelete: "-", apitype.OpReplace: "±",
	apitype.OpCreateReplacement: "+", apitype.OpDeleteReplaced: "-",
}

// halves are the operations that a replacement is made of. They are shown, and the replacement is counted.
var halves = []apitype.OpType{apitype.OpCreateReplacement, apitype.OpDeleteReplaced, apitype.OpDiscardReplaced}

func (p *progress) finished(metadata apitype.StepEventMetadata, now time.Time) bool {
	begun, ok := p.running[metadata.URN]
	delete(p.running, metadata.URN)
	if pulumisOwn(metadata.Type) {
		return false
	}
	if !slices.Contains(halves, metadata.Op) {
		p.changes[string(metadata.Op)]++
	}
	mark, worth := marks[metadata.Op]
	if !worth {
		return false
	}
	took := ""
	if seconds := now.Sub(begun.at).Seconds(); ok && seconds >= 1 {
		took = fmt.Sprintf("  %.0fs", seconds)
	}
	p.line("  %s %-48s %s%s%s", mark, shortType(metadata.Type), logicalName(metadata.URN), changedProperties(metadata), took)
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
		if _, worth := marks[begun.operation]; worth && !pulumisOwn(urnType(urn)) {
			names = append(names, fmt.Sprintf("%s (%.0fs)", logicalName(urn), now.Sub(begun.at).Seconds()))
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		p.line("  … waiting for %s", strings.Join(names, ", "))
	}
}

// diagnose keeps errors and shows warnings; it says whether it wrote a line.
func (p *progress) diagnose(event apitype.DiagnosticEvent) bool {
	message := plainText(event.Message)
	switch event.Severity {
	case "error":
		p.keep(event.URN, message)
	case "warning":
		p.note("%s", message)
		return true
	}
	return false
}

// keep keeps a problem once, without the summaries of what another diagnostic or the layer itself says.
func (p *progress) keep(urn, message string) {
	if slices.Contains(echoes, message) || strings.Contains(message, "an unhandled error occurred") {
		return
	}
	message = essence(message)
	urn = strings.TrimSpace(urn) // the provider's log ends it with a new line
	if urn != "" {
		message = fmt.Sprintf("%s %s: %s", shortType(urnType(urn)), logicalName(urn), message)
	}
	if !slices.Contains(p.problems, message) {
		p.problems = append(p.problems, message)
	}
}

// echoes are what the engine says besides the cause.
var echoes = []string{"update failed", "preview failed", "refresh failed", "destroy failed", "update canceled"}

// done is the number of resources that were changed.
func (p *progress) done() int {
	if p.planned {
		return 0
	}
	return Result{Changes: p.changes}.Changed()
}

func (p *progress) finish(result Result) {
	var parts []string
	for _, operation := range []string{"create", "update", "replace", "delete", "same"} {
		if count := result.Changes[operation]; count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, p.word(operation)))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing to do"}
	}
	p.line("  %s in %.1fs", strings.Join(parts, ", "), result.Took.Seconds())
}

// word is how an operation that was carried out, or that a preview foresees, is called.
func (p *progress) word(operation string) string {
	if p.planned && operation != "same" {
		return "to " + operation
	}
	return pastTense[operation]
}

var pastTense = map[string]string{
	"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged",
}
