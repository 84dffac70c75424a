package configsvc

import "time"

// enter puts a rule into the book and has it evaluated: soon, and whenever its time has come.
func (e *engine) enter(what definition) {
	now := e.clock.Now()
	e.recording.Lock()
	current, replaced := e.book.put(what, now)
	e.recording.Unlock()
	e.unschedule(replaced)
	if !current.evaluated() {
		return
	}
	if current.trigger.Periodic {
		e.schedule(current)
	}
	e.enqueue(what.key.region, task{rule: current})
}

// leave takes a rule out of the book, with its results.
func (e *engine) leave(key ruleKey) {
	e.recording.Lock()
	dropped := e.book.drop(key)
	e.results.drop(key)
	e.recording.Unlock()
	e.unschedule(dropped)
}

// forget drops the results of a rule, and how its evaluations went.
func (e *engine) forget(key ruleKey) {
	e.recording.Lock()
	defer e.recording.Unlock()
	e.results.drop(key)
	if rule := e.book.get(key); rule != nil {
		e.book.update(rule, func(rule *entry) { rule.status = status{activated: rule.status.activated} })
	}
}

// schedule has a rule evaluated when its time has come, and again and again after that. Whoever moves the clock ahead
// gets it back when the evaluation is done.
func (e *engine) schedule(rule *entry) {
	stop := e.clock.After(rule.every, func() {
		if e.ending.Err() == nil && e.book.get(rule.key) == rule {
			e.now(rule)
			e.schedule(rule)
		}
	})
	e.book.update(rule, func(rule *entry) { rule.stop = stop })
}

func (e *engine) unschedule(rule *entry) {
	if rule == nil {
		return
	}
	if stop := e.book.view(rule).stop; stop != nil {
		stop()
	}
}

// restartGap is how long AWS Config wants to be left alone between two calls for the evaluation of a rule.
const restartGap = time.Minute

// ask has rules evaluated because somebody asks for it, and reports the first that was asked for too recently, or whose
// last evaluation is not done, in which case none is evaluated.
func (e *engine) ask(rules []*entry) (tooSoon *entry) {
	now := e.clock.Now()
	e.book.mutex.Lock()
	for _, rule := range rules {
		if rule.busy || (!rule.asked.IsZero() && now.Sub(rule.asked) < restartGap) {
			e.book.mutex.Unlock()
			return rule
		}
	}
	for _, rule := range rules {
		rule.asked, rule.busy = now, true
	}
	e.book.mutex.Unlock()
	for _, rule := range rules {
		e.enqueue(rule.key.region, task{rule: rule})
	}
	return nil
}

// takeStock has all rules of a region evaluated that changes trigger.
func (e *engine) takeStock(region string) {
	for _, rule := range e.book.of(region) {
		if rule.trigger.OnChange {
			e.enqueue(region, task{rule: rule})
		}
	}
}
