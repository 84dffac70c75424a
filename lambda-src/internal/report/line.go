package report

import (
	"encoding/json"
	"time"
	"unicode/utf8"
)

// AppendLine appends the result as a line of results.ndjson.gz, as encoding/json would write it. It is written by hand
// because there are as many lines as results.
func (r Result) AppendLine(line []byte) []byte {
	line = appendText(append(line, `{"rule":`...), r.Rule)
	line = appendText(append(line, `,"severity":`...), string(r.Severity))
	line = appendText(append(line, `,"resourceType":`...), r.ResourceType)
	line = appendText(append(line, `,"resourceId":`...), r.ResourceID)
	line = appendText(append(line, `,"compliance":`...), r.Compliance)
	if r.Annotation != "" {
		line = appendText(append(line, `,"annotation":`...), r.Annotation)
	}
	line = appendTime(append(line, `,"orderingTimestamp":`...), r.Ordering)
	if !r.Recorded.IsZero() {
		line = appendTime(append(line, `,"resultRecordedTime":`...), r.Recorded)
	}
	if !r.Since.IsZero() {
		line = appendTime(append(line, `,"failingSince":`...), r.Since)
	}
	if r.ExemptUntil != "" {
		line = appendText(append(line, `,"exemptUntil":`...), r.ExemptUntil)
	}
	return append(line, "}\n"...)
}

func appendText(line []byte, text string) []byte {
	if !plain(text) {
		quoted, _ := json.Marshal(text) //nolint:errchkjson // a text is never an error
		return append(line, quoted...)
	}
	return append(append(append(line, '"'), text...), '"')
}

// plain says whether a text is the same in JSON, as encoding/json writes it.
func plain(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c >= utf8.RuneSelf, c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// appendTime writes a time as JSON has it. A record's times, being nanoseconds, are all in years of four digits.
func appendTime(line []byte, at time.Time) []byte {
	return append(at.AppendFormat(append(line, '"'), time.RFC3339Nano), '"')
}
