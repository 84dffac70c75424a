package eventsvc

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/eventpattern"
)

// envelope is an event as rules see it, and as targets get it.
type envelope struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       string          `json:"time"` // in whole seconds
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// event is an event that was taken.
type event struct {
	id     string
	text   []byte // the envelope
	region string
	taken  time.Time
}

// eventTime writes a time as events have it.
func eventTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

// complete fills in what is missing of an event.
func (e *envelope) complete(region string, now time.Time) {
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fill(&e.Version, "0")
	fill(&e.ID, awserr.RequestID())
	fill(&e.Account, account)
	fill(&e.Region, region)
	fill(&e.Time, eventTime(now))
	if e.Resources == nil {
		e.Resources = []string{}
	}
	if e.Detail == nil {
		e.Detail = json.RawMessage("{}")
	}
}

// Put takes an event of an AWS service, like those whose source is aws.config, on the default bus of a region. What an
// envelope needs and the event does not have is filled in: version, id, account, time, region, resources. It returns
// when the rules that match are known; the event is delivered afterwards.
func (h *Handler) Put(ctx context.Context, region string, given json.RawMessage) error {
	var made envelope
	if err := json.Unmarshal(given, &made); err != nil {
		return fmt.Errorf("putting an event of a service: %w", err)
	}
	if made.Source == "" || made.DetailType == "" {
		return fmt.Errorf("putting an event of a service: it has no source or no detail-type: %.200s", given)
	}
	made.complete(region, h.Clock.Now())
	return h.take(ctx, defaultBus, region, made)
}

// take matches an event with the rules of a bus, and sets out to deliver it.
func (h *Handler) take(ctx context.Context, bus, region string, made envelope) error {
	text := []byte(encode(made))
	rules, err := h.rules.of(ctx, region, bus)
	if err != nil {
		return err
	}
	read, err := eventpattern.ReadEvent(text)
	if err != nil {
		return fmt.Errorf("reading the event %s: %w", made.ID, err)
	}
	taken := event{id: made.ID, text: text, region: region, taken: h.Clock.Now()}
	for _, rule := range rules {
		if rule.enabled() && rule.pattern != nil && rule.pattern.MatchesEvent(read) {
			h.dispatch(taken, rule)
		}
	}
	return nil
}

// dispatch sets out to deliver an event to all targets of a rule.
func (h *Handler) dispatch(taken event, matched *rule) {
	for _, to := range matched.targets {
		d := &delivery{event: taken, rule: matched, target: to}
		h.Clock.After(0, func() { h.attempt(d) })
	}
}
