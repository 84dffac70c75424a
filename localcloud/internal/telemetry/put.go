package telemetry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// How much a request may carry.
const (
	linesBatch    = 10_000
	linesBytes    = 1 << 20
	lineOverhead  = 26 // bytes that CloudWatch counts for each line beside its text
	measuresBatch = 1000
)

// putLines brings lines to a stream, in the order of their times.
func (s *Shipper) putLines(ctx context.Context, stream Stream, lines []line) error {
	slices.SortStableFunc(lines, func(a, b line) int { return int(a.Timestamp - b.Timestamp) })
	for len(lines) > 0 {
		size := batchSize(lines)
		if err := s.putBatch(ctx, stream, lines[:size]); err != nil {
			return fmt.Errorf("writing %d lines to the log group %s: %w", len(lines), stream.Group, err)
		}
		lines = lines[size:]
	}
	return nil
}

// batchSize is how many of the lines a request may carry: one at least.
func batchSize(lines []line) int {
	bytes := 0
	for i, l := range lines {
		bytes += len(l.Message) + lineOverhead
		if i > 0 && (bytes > linesBytes || i == linesBatch) {
			return i
		}
	}
	return len(lines)
}

// putBatch brings lines to a stream, which it makes where it is missing, with its group.
func (s *Shipper) putBatch(ctx context.Context, stream Stream, lines []line) error {
	if !s.streams[stream] {
		if err := s.makeStream(ctx, stream); err != nil {
			return err
		}
	}
	input := map[string]any{"logGroupName": stream.Group, "logStreamName": stream.Name, "logEvents": lines}
	err := s.logs(ctx, stream.Region, "PutLogEvents", input)
	if hasCode(err, "ResourceNotFoundException") { // somebody took it away
		if err := s.makeStream(ctx, stream); err != nil {
			return err
		}
		err = s.logs(ctx, stream.Region, "PutLogEvents", input)
	}
	return err
}

func (s *Shipper) makeStream(ctx context.Context, stream Stream) error {
	input := map[string]any{"logGroupName": stream.Group, "logStreamName": stream.Name}
	err := s.logs(ctx, stream.Region, "CreateLogStream", input)
	if hasCode(err, "ResourceNotFoundException") {
		group := map[string]any{"logGroupName": stream.Group}
		if err := s.logs(ctx, stream.Region, "CreateLogGroup", group); err != nil && !hasCode(err, "ResourceAlreadyExistsException") {
			return err
		}
		err = s.logs(ctx, stream.Region, "CreateLogStream", input)
	}
	if err != nil && !hasCode(err, "ResourceAlreadyExistsException") {
		return err
	}
	s.streams[stream] = true
	return nil
}

func (s *Shipper) logs(ctx context.Context, region, operation string, input any) error {
	return relay.Call(ctx, s.moto, relay.Caller{Service: "logs", Region: region}, "Logs_20140328."+operation, input, nil)
}

func hasCode(err error, code string) bool {
	var fault *awserr.Error
	return errors.As(err, &fault) && fault.Code == code
}

// metric is a datum as PutMetricData takes it.
type metric struct {
	MetricName        string
	Unit              string
	Timestamp         float64
	Dimensions        []Dimension
	Values            []float64
	StorageResolution int `json:",omitempty"`
}

// putData brings metrics to a namespace.
func (s *Shipper) putData(ctx context.Context, key space, data []Datum) error {
	for batch := range slices.Chunk(data, measuresBatch) {
		metrics := make([]metric, 0, len(batch))
		for _, d := range batch {
			metrics = append(metrics, metric{
				MetricName: d.Name, Unit: d.Unit, Timestamp: float64(d.At.UnixMilli()) / 1000,
				Dimensions: d.Dimensions, Values: d.Values, StorageResolution: d.Resolution,
			})
		}
		input := map[string]any{"Namespace": key.namespace, "MetricData": metrics}
		caller := relay.Caller{Service: "monitoring", Region: key.region}
		if err := relay.Call(ctx, s.moto, caller, "GraniteServiceVersion20100801.PutMetricData", input, nil); err != nil {
			return fmt.Errorf("putting %d metrics into the namespace %s: %w", len(batch), key.namespace, err)
		}
	}
	return nil
}
