package report

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

// Result is one line of results.ndjson.gz. Lines are sorted by rule, resource type and resource id, byte by byte.
type Result struct {
	Rule         string             `json:"rule"` // short name
	Severity     catalogue.Severity `json:"severity"`
	ResourceType string             `json:"resourceType"`
	ResourceID   string             `json:"resourceId"`
	Compliance   string             `json:"compliance"`
	Annotation   string             `json:"annotation,omitempty"`
	Ordering     time.Time          `json:"orderingTimestamp"`
	Recorded     time.Time          `json:"resultRecordedTime,omitzero"`
	Since        time.Time          `json:"failingSince,omitzero"`
	ExemptUntil  string             `json:"exemptUntil,omitempty"`
}

// separator of the fields of a key. A name of AWS has no such character; one that had would be refused as ambiguous.
const separator = "\x00"

// ErrRecord is the error of a record that does not hold a result.
var ErrRecord = errors.New("the record does not hold a result")

func appendKey(key []byte, rule, resourceType, resourceID string) []byte {
	key = append(append(key, rule...), separator...)
	key = append(append(key, resourceType...), separator...)
	return append(key, resourceID...)
}

// resource is the part of a record's key that says which resource it is about.
func resource(record sorted.Record) []byte {
	_, resource, _ := bytes.Cut(record.Key, []byte(separator))
	return resource
}

func parseKey(key []byte) (rule, resourceType, resourceID string, err error) {
	rule, resource, _ := strings.Cut(string(key), separator)
	resourceType, resourceID, found := strings.Cut(resource, separator)
	if !found {
		return "", "", "", ErrRecord
	}
	return rule, resourceType, resourceID, nil
}

// Current hands out the results of a source that are of their rule's generation, 0 where it is not given.
type Current struct {
	source      sorted.Source
	generations map[string]int
}

// NewCurrent is the current results of a source.
func NewCurrent(source sorted.Source, generations map[string]int) *Current {
	return &Current{source: source, generations: generations}
}

// Next is the next current result.
func (c *Current) Next() (sorted.Record, error) {
	for {
		record, err := c.source.Next()
		if err != nil {
			return sorted.Record{}, err
		}
		rule, _, _ := bytes.Cut(record.Key, []byte(separator))
		if len(record.Value) == 0 || int(record.Value[0]) == c.generations[string(rule)] {
			return record, nil
		}
	}
}

// Encode is a result of the rule with the given short name as a record. A rule whose reading had to begin again has a
// higher generation than before. Of two results for one resource, the one of the higher generation, and then the one with
// the later ordering timestamp, is the later record.
func Encode(rule string, generation int, result awshttp.Evaluation) sorted.Record {
	keySize := len(rule) + len(result.ResourceType) + len(result.ResourceID) + 2*len(separator)
	record := make([]byte, 0, keySize+valueSize+len(result.Compliance)+len(result.Annotation))
	record = appendKey(record, rule, result.ResourceType, result.ResourceID)
	record = append(record, byte(generation)) //nolint:gosec // a rule is read again a few times at most
	record = binary.BigEndian.AppendUint64(record, uint64(result.Ordering.UnixNano()))
	record = binary.AppendVarint(record, recorded(result.Recorded))
	record = binary.AppendUvarint(record, uint64(len(result.Compliance)))
	record = append(record, result.Compliance...)
	record = append(record, result.Annotation...)
	return sorted.Record{Key: record[:keySize:keySize], Value: record[keySize:]}
}

// valueSize is the most bytes of a record's value beside its texts.
const valueSize = 1 + 8 + 2*binary.MaxVarintLen64

// recorded is 0 for a time that AWS Config does not say.
func recorded(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixNano()
}

// decode is the result that a record holds.
func decode(record sorted.Record) (Result, error) {
	result, err := decodeRecord(record)
	if err != nil {
		return Result{}, fmt.Errorf("reading a result: %w", err)
	}
	return result, nil
}

func decodeRecord(record sorted.Record) (result Result, err error) {
	result.Rule, result.ResourceType, result.ResourceID, err = parseKey(record.Key)
	if err != nil {
		return Result{}, err
	}
	const orderingSize = 8
	if len(record.Value) < 1+orderingSize {
		return Result{}, ErrRecord
	}
	value := record.Value[1:]
	result.Ordering = time.Unix(0, int64(binary.BigEndian.Uint64(value))).UTC() //nolint:gosec // as it was encoded
	value = value[orderingSize:]
	at, size := binary.Varint(value)
	if size <= 0 {
		return Result{}, ErrRecord
	}
	if at != 0 {
		result.Recorded = time.Unix(0, at).UTC()
	}
	value = value[size:]
	length, size := binary.Uvarint(value)
	if size <= 0 || uint64(len(value)-size) < length { //nolint:gosec // size is at most the length of value
		return Result{}, ErrRecord
	}
	value = value[size:]
	result.Compliance, result.Annotation = string(value[:length]), string(value[length:])
	return result, nil
}

// firstSeen is since when a violation that no report knew has been there: AWS Config's earliest word on it.
func (r Result) firstSeen() time.Time {
	if !r.Recorded.IsZero() && r.Recorded.Before(r.Ordering) {
		return r.Recorded
	}
	return r.Ordering
}

func (r Result) failing() bool { return r.Compliance == events.NonCompliant }

// violation is one record of the index of violations: since when a resource has been failing.
func violation(rule, resourceType, resourceID string, since time.Time) sorted.Record {
	return sorted.Record{Key: appendKey(nil, rule, resourceType, resourceID), Value: binary.AppendVarint(nil, since.UnixNano())}
}

func parseViolation(record sorted.Record) (Item, error) {
	rule, resourceType, resourceID, err := parseKey(record.Key)
	since, size := binary.Varint(record.Value)
	if err != nil || size <= 0 {
		return Item{}, fmt.Errorf("reading a violation: %w", ErrRecord)
	}
	return Item{Rule: rule, ResourceType: resourceType, ResourceID: resourceID, Since: time.Unix(0, since).UTC()}, nil
}
