package configsvc

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
)

// Clock tells the time, which may be moved ahead.
type Clock interface {
	Now() time.Time
	After(length time.Duration, run func()) (stop func())
}

// Bus is the event bus that changes of compliance are put on.
type Bus interface {
	Put(ctx context.Context, region string, event json.RawMessage) error
}

// settle is how long changes to resources gather before rules look at them.
const settle = 50 * time.Millisecond

// engine evaluates rules. In each region one evaluation runs at a time, so that what it found later is newer.
type engine struct {
	aws      http.Handler // the whole of the local AWS
	clock    Clock
	book     *book
	results  *Results
	outbox   *outbox
	complain func(format string, arguments ...any)

	recording sync.Mutex // held from looking whether a rule is there to having recorded its result
	mutex     sync.Mutex
	regions   map[string]*queue
	ending    context.Context
	end       context.CancelFunc
	running   sync.WaitGroup
}

// task is something to evaluate: one rule, or all that watch a type of resource.
type task struct {
	rule *entry            // nil is all
	only evaluate.Resource // an id that is empty is all of the type
}

// queue holds what is to be evaluated in a region.
type queue struct {
	evaluating sync.Mutex
	pending    map[task]bool
	order      []task
	due        bool // somebody will take what is pending
}

func (e *engine) queue(region string) *queue {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.regions[region] == nil {
		e.regions[region] = &queue{pending: map[task]bool{}}
	}
	return e.regions[region]
}

// changed has the rules that watch a resource's type look at the resource soon, in all regions: which one a resource
// of S3 or IAM is in, only reading it tells.
func (e *engine) changed(resource evaluate.Resource) {
	for _, region := range e.book.watching(resource.Type) {
		e.enqueue(region, task{only: resource})
	}
}

// enqueue has something evaluated soon. What is pending already is not evaluated twice.
func (e *engine) enqueue(region string, what task) {
	queue := e.queue(region)
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.ending.Err() != nil || queue.pending[what] {
		return
	}
	queue.pending[what] = true
	queue.order = append(queue.order, what)
	if !queue.due {
		queue.due = true
		e.running.Add(1)
		time.AfterFunc(settle, func() { e.drain(region, queue) })
	}
}

// drain evaluates what is pending. What comes meanwhile is for the next drain.
func (e *engine) drain(region string, queue *queue) {
	defer e.running.Done()
	queue.evaluating.Lock()
	defer queue.evaluating.Unlock()
	e.mutex.Lock()
	tasks := queue.order
	queue.order, queue.pending, queue.due = nil, map[task]bool{}, false
	e.mutex.Unlock()
	e.evaluate(region, tasks)
}

// now evaluates one rule and returns when it is done.
func (e *engine) now(rule *entry) {
	queue := e.queue(rule.key.region)
	queue.evaluating.Lock()
	defer queue.evaluating.Unlock()
	e.evaluate(rule.key.region, []task{{rule: rule}})
}

// evaluate carries out tasks on the resources as they are at its beginning or later.
func (e *engine) evaluate(region string, tasks []task) {
	began := e.clock.Now()
	look := &look{
		account: evaluate.NewAccount(e.aws, region, began), began: began,
		recorder: &recorderView{aws: e.aws, region: region},
	}
	for _, task := range tasks {
		if e.ending.Err() != nil {
			return
		}
		if task.rule != nil {
			e.run(look, task.rule, task.only)
			continue
		}
		for _, rule := range e.book.of(region) {
			if rule.watches(task.only.Type) {
				e.run(look, rule, task.only)
			}
		}
	}
}

// look is one look at the resources of a region.
type look struct {
	account  *evaluate.Account
	began    time.Time
	recorder *recorderView
}

// close has no more evaluated, and returns when nothing is under way.
func (e *engine) close() {
	e.mutex.Lock()
	e.end()
	e.mutex.Unlock()
	e.running.Wait()
	e.outbox.close()
}
