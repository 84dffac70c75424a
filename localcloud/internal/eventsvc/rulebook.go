package eventsvc

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/eventpattern"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// rule is a rule with its targets, as moto keeps them.
type rule struct {
	Name               string
	Arn                string
	EventPattern       string
	ScheduleExpression string
	State              string
	pattern            *eventpattern.Pattern // nil where there is none
	targets            []target
}

func (r *rule) enabled() bool { return r.State != stateDisabled }

// States of rules.
const (
	stateEnabled  = "ENABLED"
	stateDisabled = "DISABLED"
	stateTrail    = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
)

// target is a target of a rule.
type target struct {
	ID               string `json:"Id"`
	Arn              string
	Input            *string
	InputPath        *string
	InputTransformer *transformer
	RetryPolicy      *retryPolicy
	DeadLetterConfig struct{ Arn string }
	SqsParameters    struct {
		MessageGroupID string `json:"MessageGroupId"`
	}
}

// busKey names a bus.
type busKey struct{ region, bus string }

// rulebook knows the rules of each bus. It asks moto once, and again after something was changed.
type rulebook struct {
	moto http.Handler

	mutex sync.Mutex
	known map[busKey][]*rule
	turn  int // goes up with each change, so that what was read before is not kept
}

func newRulebook(moto http.Handler) *rulebook {
	return &rulebook{moto: moto, known: map[busKey][]*rule{}}
}

// busName is a bus's name, which may be given as its ARN or not at all.
func busName(given string) string {
	if given == "" {
		return defaultBus
	}
	return given[strings.LastIndexByte(given, '/')+1:]
}

// forget has the rules of a region read anew.
func (b *rulebook) forget(region string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.turn++
	for key := range b.known {
		if key.region == region {
			delete(b.known, key)
		}
	}
}

// of gives the rules of a bus. A bus that does not exist has none.
func (b *rulebook) of(ctx context.Context, region, bus string) ([]*rule, error) {
	key := busKey{region: region, bus: bus}
	b.mutex.Lock()
	rules, found := b.known[key]
	turn := b.turn
	b.mutex.Unlock()
	if found {
		return rules, nil
	}
	rules, err := b.read(ctx, key)
	if err != nil {
		return nil, err
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if turn == b.turn {
		b.known[key] = rules
	}
	return rules, nil
}

// one gives a rule by its name, or nil.
func (b *rulebook) one(ctx context.Context, region, bus, name string) (*rule, error) {
	rules, err := b.of(ctx, region, bus)
	for _, rule := range rules {
		if rule.Name == name {
			return rule, nil
		}
	}
	return nil, err
}

func (b *rulebook) read(ctx context.Context, key busKey) ([]*rule, error) {
	caller := relay.Caller{Service: service, Region: key.region}
	var rules []*rule
	for token := ""; ; {
		var page struct {
			Rules     []*rule
			NextToken string
		}
		in := pageOf(map[string]any{"EventBusName": key.bus}, token)
		err := relay.Call(ctx, b.moto, caller, targetPrefix+"ListRules", in, &page)
		if isCode(err, "ResourceNotFoundException") {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		rules = append(rules, page.Rules...)
		if token = page.NextToken; token == "" {
			break
		}
	}
	for _, rule := range rules {
		if err := b.complete(ctx, caller, key.bus, rule); err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// complete reads a rule's pattern and targets. A pattern that can't be read, which only moto's own rules for archives
// could have, matches nothing.
func (b *rulebook) complete(ctx context.Context, caller relay.Caller, bus string, rule *rule) error {
	if rule.EventPattern != "" {
		rule.pattern, _ = eventpattern.CompileUnlimited(rule.EventPattern)
	}
	for token := ""; ; {
		var page struct {
			Targets   []target
			NextToken string
		}
		in := pageOf(map[string]any{"Rule": rule.Name, "EventBusName": bus}, token)
		if err := relay.Call(ctx, b.moto, caller, targetPrefix+"ListTargetsByRule", in, &page); err != nil {
			return err
		}
		rule.targets = append(rule.targets, page.Targets...)
		if token = page.NextToken; token == "" {
			return nil
		}
	}
}

// pageOf asks for the next page.
func pageOf(in map[string]any, token string) map[string]any {
	if token != "" {
		in["NextToken"] = token
	}
	return in
}
