package functions

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// Names of what is measured.
const (
	Ours   = "ours"
	Node   = "node"
	Python = "python"
)

// Processor is what was measured of one processor: medians.
type Processor struct {
	ReadyMs            float64 `json:"readyMs"`            // from its start until it asks for an event
	FirstEventMs       float64 `json:"firstEventMs"`       // from its start until the first event is done
	ResidentMB         float64 `json:"residentMB"`         // after all events
	EventsPerCPUSecond float64 `json:"eventsPerCpuSecond"` // of those after the first
	CallsPerEvent      float64 `json:"callsPerEvent"`
	BytesPerEvent      float64 `json:"bytesPerEvent"`     // both ways, headers included
	MillisecondsEach   float64 `json:"msPerEvent"`        // on the clock, AWS answering at once
	CallsPerDuplicate  float64 `json:"callsPerDuplicate"` // in the environment that has the event
	CallsElsewhere     float64 `json:"callsPerDuplicateElsewhere"`
}

// Aggregator is what was measured of one aggregator: medians.
type Aggregator struct {
	CPUSeconds     float64 `json:"cpuSeconds"` // of reading all results and writing the report
	Seconds        float64 `json:"seconds"`
	ResidentMB     float64 `json:"residentMB"`
	CallsPer1000   float64 `json:"callsPer1000Results"`
	BytesPer1000   float64 `json:"bytesPer1000Results"`
	CallsByPurpose Counts  `json:"counts"`
}

// bench is one run.
type bench struct {
	options  Options
	endpoint *endpoint
	out      io.Writer
}

// processors measures all processors, in turns, so that whatever else the machine does meets all alike.
func (b bench) processors(ctx context.Context, subjects []Subject, results *Results) error {
	runs := map[string][]Processor{}
	for run := range b.options.Runs {
		for _, subject := range subjects {
			one, err := b.processor(ctx, subject)
			if err != nil {
				return fmt.Errorf("measuring the processor %s: %w", subject.Name, err)
			}
			runs[subject.Name] = append(runs[subject.Name], one)
		}
		_, _ = fmt.Fprintf(b.out, "\rprocessors: run %d of %d", run+1, b.options.Runs)
	}
	_, _ = fmt.Fprintln(b.out)
	for _, subject := range subjects {
		elsewhere, err := b.elsewhere(ctx, subject)
		if err != nil {
			return fmt.Errorf("measuring a copy in another environment of the processor %s: %w", subject.Name, err)
		}
		all := runs[subject.Name]
		results.Processors[subject.Name] = Processor{
			ReadyMs:            median(all, func(p Processor) float64 { return p.ReadyMs }),
			FirstEventMs:       median(all, func(p Processor) float64 { return p.FirstEventMs }),
			ResidentMB:         median(all, func(p Processor) float64 { return p.ResidentMB }),
			EventsPerCPUSecond: median(all, func(p Processor) float64 { return p.EventsPerCPUSecond }),
			CallsPerEvent:      median(all, func(p Processor) float64 { return p.CallsPerEvent }),
			BytesPerEvent:      median(all, func(p Processor) float64 { return p.BytesPerEvent }),
			MillisecondsEach:   median(all, func(p Processor) float64 { return p.MillisecondsEach }),
			CallsPerDuplicate:  median(all, func(p Processor) float64 { return p.CallsPerDuplicate }),
			CallsElsewhere:     float64(elsewhere),
		}
	}
	return nil
}

// processor measures one life of one processor.
func (b bench) processor(ctx context.Context, subject Subject) (Processor, error) {
	if err := b.endpoint.reset(); err != nil {
		return Processor{}, err
	}
	p, err := subject.start(ctx)
	if err != nil {
		return Processor{}, err
	}
	defer p.stop()
	first, err := p.handle(change(0))
	if err != nil {
		return Processor{}, err
	}
	before, cpuErr := p.cpu()
	began := time.Now()
	for number := 1; number < b.options.Events; number++ {
		if _, err := p.handle(change(number)); err != nil {
			return Processor{}, err
		}
	}
	took := time.Since(began)
	after, err := p.cpu()
	if err != nil || cpuErr != nil {
		return Processor{}, fmt.Errorf("%w, %w", cpuErr, err)
	}
	resident, err := p.resident()
	if err != nil {
		return Processor{}, err
	}
	counts, err := b.endpoint.counts()
	if err != nil {
		return Processor{}, err
	}
	if _, err := p.handle(change(b.options.Events - 1)); err != nil {
		return Processor{}, err
	}
	again, err := b.endpoint.counts()
	events := float64(b.options.Events)
	return Processor{
		ReadyMs: milliseconds((<-p.ready).Sub(p.began)), FirstEventMs: milliseconds(first.Sub(p.began)),
		ResidentMB: megabytes(resident), EventsPerCPUSecond: round((events - 1) / (after - before).Seconds()),
		CallsPerEvent: round(float64(counts.All()) / events), BytesPerEvent: round(float64(counts.Bytes) / events),
		MillisecondsEach: milliseconds(took / time.Duration(b.options.Events-1)), CallsPerDuplicate: float64(again.All() - counts.All()),
	}, err
}

// elsewhere is how many calls of AWS a copy of an event takes in another environment than the one that has handled it.
func (b bench) elsewhere(ctx context.Context, subject Subject) (int, error) {
	if err := b.endpoint.reset(); err != nil {
		return 0, err
	}
	var made [2]int // by each environment and those before it
	for i := range made {
		p, err := subject.start(ctx)
		if err != nil {
			return 0, err
		}
		copied := change(0)
		copied.id = fmt.Sprintf("copy-%d", i)
		_, err = p.handle(copied)
		p.stop()
		if err != nil {
			return 0, err
		}
		counts, err := b.endpoint.counts()
		if err != nil {
			return 0, err
		}
		made[i] = counts.All()
	}
	return made[1] - made[0], nil
}

// aggregators measures all aggregators, in turns.
func (b bench) aggregators(ctx context.Context, subjects []Subject, results *Results) error {
	runs := map[string][]Aggregator{}
	for run := range b.options.Runs {
		for _, subject := range subjects {
			one, err := b.aggregator(ctx, subject)
			if err != nil {
				return fmt.Errorf("measuring the aggregator %s: %w", subject.Name, err)
			}
			runs[subject.Name] = append(runs[subject.Name], one)
		}
		_, _ = fmt.Fprintf(b.out, "\raggregators: run %d of %d", run+1, b.options.Runs)
	}
	_, _ = fmt.Fprintln(b.out)
	for name, all := range runs {
		results.Aggregators[name] = Aggregator{
			CPUSeconds:     median(all, func(a Aggregator) float64 { return a.CPUSeconds }),
			Seconds:        median(all, func(a Aggregator) float64 { return a.Seconds }),
			ResidentMB:     median(all, func(a Aggregator) float64 { return a.ResidentMB }),
			CallsPer1000:   median(all, func(a Aggregator) float64 { return a.CallsPer1000 }),
			BytesPer1000:   median(all, func(a Aggregator) float64 { return a.BytesPer1000 }),
			CallsByPurpose: all[0].CallsByPurpose,
		}
	}
	return nil
}

// aggregator measures one report.
func (b bench) aggregator(ctx context.Context, subject Subject) (Aggregator, error) {
	if err := b.endpoint.reset(); err != nil {
		return Aggregator{}, err
	}
	p, err := subject.start(ctx)
	if err != nil {
		return Aggregator{}, err
	}
	defer p.stop()
	var began time.Time
	select {
	case began = <-p.ready:
	case <-p.ended:
		return Aggregator{}, fmt.Errorf("the function ended: %s\n%s", p.command.ProcessState, p.output)
	}
	before, err := p.cpu()
	if err != nil {
		return Aggregator{}, err
	}
	done, err := p.handle(event{id: "report", payload: []byte(
		`{"version":"0","id":"1","source":"aws.events","detail-type":"Scheduled Event","account":"` + account + `","detail":{}}`)})
	if err != nil {
		return Aggregator{}, err
	}
	after, err := p.cpu()
	if err != nil {
		return Aggregator{}, err
	}
	resident, err := p.resident()
	if err != nil {
		return Aggregator{}, err
	}
	counts, err := b.endpoint.counts()
	if pages := counts.Calls["config:GetComplianceDetailsByConfigRule"]; err == nil && pages < b.options.Results/pageSize {
		err = fmt.Errorf("it read %d pages of %d results: not all of them\n%s", pages, b.options.Results, p.output)
	}
	thousands := float64(b.options.Results) / 1000
	return Aggregator{
		CPUSeconds: (after - before).Seconds(), Seconds: done.Sub(began).Seconds(), ResidentMB: megabytes(resident),
		CallsPer1000: round(float64(counts.All()) / thousands), BytesPer1000: round(float64(counts.Bytes) / thousands), CallsByPurpose: counts,
	}, err
}

// change is the event that a bucket that was not heard of before violates a rule.
func change(number int) event {
	payload := fmt.Appendf(nil, `{"version":"0","id":"event-%d","detail-type":"Config Rules Compliance Change","source":"aws.config",`+
		`"account":"%s","time":"2026-11-23T10:00:03Z","region":"%s","resources":[],"detail":{"resourceId":"bucket-%d",`+
		`"resourceType":"AWS::S3::Bucket","awsRegion":"%s","awsAccountId":"%s","configRuleName":"%s-s3-encryption",`+
		`"configRuleARN":"arn:aws:config:%s:%s:config-rule/config-rule-abc123","recordVersion":"1.0",`+
		`"messageType":"ComplianceChangeNotification","notificationCreationTime":"2026-11-23T10:00:03.000Z",`+
		`"newEvaluationResult":{"evaluationResultIdentifier":{"evaluationResultQualifier":{"configRuleName":"%s-s3-encryption",`+
		`"resourceType":"AWS::S3::Bucket","resourceId":"bucket-%d"},"orderingTimestamp":"2026-11-23T10:00:00.138Z"},`+
		`"complianceType":"NON_COMPLIANT","resultRecordedTime":"2026-11-23T10:00:02.000Z","configRuleInvokedTime":"2026-11-23T10:00:01.000Z"}}}`,
		number, account, region, number, region, account, prefix, region, account, prefix, number)
	return event{id: fmt.Sprintf("request-%d", number), payload: payload}
}

// median is the median of what of says of each.
func median[T any](all []T, of func(T) float64) float64 {
	values := make([]float64, 0, len(all))
	for _, one := range all {
		values = append(values, of(one))
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return round(values[middle])
	}
	return round((values[middle-1] + values[middle]) / 2)
}

func milliseconds(length time.Duration) float64 {
	return round(float64(length) / float64(time.Millisecond))
}

func megabytes(bytes int) float64 { return round(float64(bytes) / (1 << 20)) }
