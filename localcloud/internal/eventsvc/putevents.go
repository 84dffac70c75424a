package eventsvc

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

// Limits of PutEvents.
const (
	maxEntries    = 10
	maxEntryBytes = 256 << 10 // of all entries of a request together
	timeBytes     = 14        // that a time counts for
	maxDetailType = 128       // characters
)

// entry is an event as PutEvents is given it.
type entry struct {
	Time         *json.Number // seconds since 1970
	Source       string
	Resources    []string
	DetailType   string
	Detail       *string
	EventBusName string
}

// entryResult is what PutEvents answers about an entry.
type entryResult struct {
	EventID      string `json:"EventId,omitempty"`
	ErrorCode    string `json:",omitempty"`
	ErrorMessage string `json:",omitempty"`
}

// size is what an entry counts for, as the user guide computes it.
func (e entry) size() int {
	size := len(e.Source) + len(e.DetailType)
	if e.Time != nil {
		size += timeBytes
	}
	if e.Detail != nil {
		size += len(*e.Detail)
	}
	for _, resource := range e.Resources {
		size += len(resource)
	}
	return size
}

// fault says why an entry fails, or is nil.
func (e entry) fault() *entryResult {
	missing := func(name string) *entryResult {
		return &entryResult{ErrorCode: "InvalidArgument", ErrorMessage: "Parameter " + name + " is not valid. Reason: " + name + " is a required argument."}
	}
	switch {
	case e.Source == "":
		return missing("Source")
	case e.DetailType == "":
		return missing("DetailType")
	case e.Detail == nil || *e.Detail == "":
		return missing("Detail")
	case strings.HasPrefix(e.Source, "aws."):
		return &entryResult{ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source."}
	case utf8.RuneCountInString(e.DetailType) > maxDetailType:
		const tooLong = "Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters."
		return &entryResult{ErrorCode: "InvalidArgument", ErrorMessage: tooLong}
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(*e.Detail), &object); err != nil || object == nil {
		return &entryResult{ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed."}
	}
	return nil
}

// checkEntries refuses a request of which nothing can be taken.
func checkEntries(entries []entry) error {
	if count := len(entries); count == 0 || count > maxEntries {
		return awserr.Validation("[PutEventsRequestEntry]", "entries", "Member must have length between 1 and 10")
	}
	total := 0
	for _, one := range entries {
		total += one.size()
	}
	if total >= maxEntryBytes {
		return awserr.New("ValidationException", "Total size of the entries in the request is over the limit.")
	}
	for _, one := range entries {
		if one.Source != "" && one.DetailType != "" && one.Detail != nil && *one.Detail != "" {
			return nil
		}
	}
	return awserr.New("ValidationException", "Parameter Entries is not valid. Reason: no entry has Source, DetailType and Detail.")
}

// putEvents takes what it can of a request, and says what of each entry.
func (h *Handler) putEvents(w http.ResponseWriter, r *http.Request) error {
	in, err := input[struct{ Entries []entry }](r)
	if err != nil {
		return err
	}
	if err := checkEntries(in.Entries); err != nil {
		return err
	}
	results, failed := make([]entryResult, 0, len(in.Entries)), 0
	for _, one := range in.Entries {
		if fault := one.fault(); fault != nil {
			results = append(results, *fault)
			failed++
			continue
		}
		made := one.envelope(awsreq.From(r).Region, h.Clock.Now())
		if err := h.take(r.Context(), busName(one.EventBusName), awsreq.From(r).Region, made); err != nil {
			h.Log.Printf("taking an event: %v", err)
			results = append(results, entryResult{ErrorCode: "InternalFailure", ErrorMessage: err.Error()})
			failed++
			continue
		}
		results = append(results, entryResult{EventID: made.ID})
	}
	return output(w, map[string]any{"FailedEntryCount": failed, "Entries": results})
}

func (e entry) envelope(region string, now time.Time) envelope {
	made := envelope{DetailType: e.DetailType, Source: e.Source, Resources: e.Resources, Detail: json.RawMessage(*e.Detail)}
	if e.Time != nil {
		if seconds, err := e.Time.Float64(); err == nil {
			whole, fraction := math.Modf(seconds)
			made.Time = eventTime(time.Unix(int64(whole), int64(fraction*float64(time.Second))))
		}
	}
	made.complete(region, now)
	return made
}

// tested are the fields that an event must have which is tried on a pattern.
var tested = []string{"id", "account", "source", "time", "region", "resources", "detail-type"}

// checkTested refuses an event that TestEventPattern refuses.
func checkTested(text string) error {
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil || fields == nil {
		return awserr.New("ValidationException", "Parameter Event is not valid.")
	}
	for _, name := range tested {
		if _, found := fields[name]; !found {
			return awserr.New("ValidationException", "Parameter Event is not valid. Reason: it has no field %s.", name)
		}
	}
	return nil
}
