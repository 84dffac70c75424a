package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/contract/undo"
)

// longestBy is the most of a requester's name that is accepted, in bytes. An ARN has at most 2,048.
const longestBy = 2048

// parseUndo reads an operator's request to undo a fix.
func parseUndo(event Event, outer envelope) (Event, error) {
	var request undo.Request
	if err := json.Unmarshal(outer.Detail, &request); err != nil {
		return event, fmt.Errorf("%w: reading the detail: %w", ErrMalformed, err)
	}
	var faults []error
	if !isRecordKey(request.Key) {
		faults = append(faults, fmt.Errorf("key %q is not that of a record: expected %sYYYY/MM/DD/<id>.json",
			request.Key, names.RemediationsPrefix))
	}
	if request.By == "" || len(request.By) > longestBy {
		faults = append(faults, errors.New("by, which says who asks, is missing or too long"))
	}
	if err := errors.Join(faults...); err != nil {
		return event, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	event.Kind, event.Undo = Undo, request
	return event, nil
}

// isRecordKey says whether a key is names.RemediationKey's of some record. It is a plain loop, since an expression would be
// compiled in every cold start.
func isRecordKey(key string) bool {
	const form = "0000/00/00/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.json"
	rest, ok := strings.CutPrefix(key, names.RemediationsPrefix)
	if !ok || len(rest) != len(form) {
		return false
	}
	for i, wanted := range []byte(form) {
		alphabet := string(wanted)
		switch wanted {
		case '0':
			alphabet = "0123456789"
		case 'x':
			alphabet = "0123456789abcdef"
		}
		if !strings.Contains(alphabet, rest[i:i+1]) {
			return false
		}
	}
	return true
}
