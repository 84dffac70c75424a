package eventsvc

import (
	"context"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/schedule"
)

// ruleKey names a rule of a default bus, where all rules with a schedule are.
type ruleKey struct{ region, name string }

// schedules are the rules that wait for their time.
type schedules struct {
	clock *clock.Clock
	fire  func(ruleKey, time.Time)

	mutex   sync.Mutex
	waiting map[ruleKey]*waiting
	closed  bool
}

// waiting is a rule with a schedule that is on.
type waiting struct {
	expression string
	schedule   schedule.Schedule
	due        time.Time
	stop       func()
}

func newSchedules(on *clock.Clock, fire func(ruleKey, time.Time)) *schedules {
	return &schedules{clock: on, fire: fire, waiting: map[ruleKey]*waiting{}}
}

// set starts a rule's schedule, or ends it where the rule is gone, disabled or has none. One that was put again with the
// same schedule goes on as it was.
func (s *schedules) set(key ruleKey, kept *rule) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	current := s.waiting[key]
	on := kept != nil && kept.enabled() && kept.ScheduleExpression != "" && !s.closed
	if on && current != nil && current.expression == kept.ScheduleExpression {
		return
	}
	if current != nil {
		current.stop()
		delete(s.waiting, key)
	}
	if !on {
		return
	}
	parsed, err := schedule.Parse(kept.ScheduleExpression)
	if err != nil {
		return // it was refused when it was put
	}
	s.arm(key, &waiting{expression: kept.ScheduleExpression, schedule: parsed, due: s.clock.Now()})
}

// arm has a rule wait for the next time that it is due after the last.
func (s *schedules) arm(key ruleKey, w *waiting) {
	w.due = w.schedule.Next(w.due)
	if w.due.IsZero() {
		delete(s.waiting, key)
		return
	}
	s.waiting[key] = w
	w.stop = s.clock.After(w.due.Sub(s.clock.Now()), func() { s.ring(key, w) })
}

// ring fires a rule that is due, and has it wait again.
func (s *schedules) ring(key ruleKey, w *waiting) {
	s.mutex.Lock()
	if s.waiting[key] != w {
		s.mutex.Unlock()
		return // it was ended at the last moment
	}
	due := w.due
	s.arm(key, w)
	s.mutex.Unlock()
	s.fire(key, due)
}

func (s *schedules) close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.closed = true
	for key, w := range s.waiting {
		w.stop()
		delete(s.waiting, key)
	}
}

// fire sends a scheduled event to a rule's targets.
func (h *Handler) fire(key ruleKey, due time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), deliveryTimeout)
	defer cancel()
	found, err := h.rules.one(ctx, key.region, defaultBus, key.name)
	if err != nil {
		h.Log.Printf("firing the rule %s, which is due at %s: %v", key.name, eventTime(due), err)
		return
	}
	if found == nil || !found.enabled() {
		return
	}
	made := envelope{DetailType: "Scheduled Event", Source: "aws.events", Resources: []string{found.Arn}, Time: eventTime(due)}
	made.complete(key.region, due)
	taken := event{id: made.ID, text: []byte(encode(made)), region: key.region, taken: h.Clock.Now()}
	for _, to := range found.targets {
		h.attempt(&delivery{event: taken, rule: found, target: to})
	}
}
