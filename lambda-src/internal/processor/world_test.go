package processor_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

// tries is one invocation that Lambda makes, and makes again after a failure.
type tries struct {
	delivery
	due    time.Time
	failed int
}

// world is Lambda, the bucket, the topic and time. It makes one step after the other, so that a seed repeats a run; only
// those who wait for time to pass are under way beside each other.
type world struct {
	aws          *cloud
	random       *rand.Rand
	limit        int
	timeout      time.Duration
	environments []*processor.Handler
	queue        []*tries

	mu      sync.Mutex
	now     time.Time
	busy    int // invocations that neither wait nor are over
	idle    *sync.Cond
	waiting map[time.Time][]chan struct{} // until when

	crashes int             // calls that may still fail, by the process dying
	mails   map[string]int  // by the minute
	told    map[string]int  // by the event's id
	excused map[string]int  // how often more than once it may be told: a process died between telling and marking
	touched map[string]bool // keys and subjects of what was written and published since the last death
}

func newWorld(seed uint64, limit, environments int) *world {
	w := &world{
		aws: newCloud(), random: rand.New(rand.NewPCG(seed, 7)), limit: limit, timeout: 2 * time.Minute, now: now,
		mails: map[string]int{}, told: map[string]int{}, excused: map[string]int{}, touched: map[string]bool{},
	}
	w.idle, w.waiting = sync.NewCond(&w.mu), map[time.Time][]chan struct{}{}
	w.aws.fault = w.fault
	w.aws.told = w.tell
	for range environments {
		w.environments = append(w.environments, w.environment())
	}
	return w
}

func (w *world) environment() *processor.Handler {
	handler := w.aws.environment(w.clock)
	handler.FloodLimit, handler.Pause = w.limit, w.pause
	return handler
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pause(_ context.Context, length time.Duration) error {
	w.mu.Lock()
	over, until := make(chan struct{}), w.now.Add(length)
	w.waiting[until] = append(w.waiting[until], over)
	w.busy--
	w.idle.Signal()
	w.mu.Unlock()
	<-over
	return nil
}

// fault lets the process die before or after a call, now and then; the cloud is locked.
func (w *world) fault(kind, key string) (before, after bool) {
	if kind == "Write" || kind == "Publish" {
		w.touched[key] = true
	}
	if w.crashes == 0 || w.random.IntN(20) > 0 {
		return false, false
	}
	w.crashes--
	before = w.random.IntN(2) == 0
	return before, !before
}

var (
	ownRecord   = regexp.MustCompile(`s3://reports/events/\d+/\d+/\d+/([0-9a-f]{32})\.json`)
	floodEvents = regexp.MustCompile(`s3://reports/(state/floods/[^/]+/events/)`)
)

// tell notes whom a mail tells of what; the cloud is locked.
func (w *world) tell(message notify.Message, listed map[string][]string) {
	w.mails[w.clock().Truncate(time.Minute).Format("15:04")]++
	if message.Lists == nil {
		w.told[ownRecord.FindStringSubmatch(message.Body)[1]]++
		return
	}
	for _, key := range listed[floodEvents.FindStringSubmatch(message.Body)[1]] {
		marker, err := names.ParseFloodMarker(key)
		Expect(err).NotTo(HaveOccurred())
		w.told[marker.ID]++
	}
}

// run delivers everything, and lets time pass until all is settled.
func (w *world) run() {
	for len(w.queue) > 0 || len(w.waiting) > 0 {
		w.step()
	}
}

// step lets some time pass, and hands out one invocation that is due.
func (w *world) step() {
	w.mu.Lock()
	w.now = w.now.Add(time.Duration(w.random.IntN(400)) * time.Millisecond)
	for until, over := range w.waiting {
		if until.After(w.now) {
			continue
		}
		w.busy += len(over)
		for _, one := range over {
			close(one)
		}
		delete(w.waiting, until)
	}
	w.mu.Unlock()
	w.rest()
	for i, next := range w.queue {
		if !next.due.After(w.clock()) {
			w.queue = append(w.queue[:i:i], w.queue[i+1:]...)
			w.invoke(next)
			return
		}
	}
}

// rest waits until every invocation waits for time to pass, or is over.
func (w *world) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy > 0 {
		w.idle.Wait()
	}
}

func (w *world) invoke(next *tries) {
	at := w.random.IntN(len(w.environments))
	handler := w.environments[at]
	w.mu.Lock()
	w.busy++
	deadline := w.now.Add(w.timeout)
	w.mu.Unlock()
	go func() {
		defer GinkgoRecover()
		before := w.toldBefore()
		err := handler.Handle(requestUntil(next.request, deadline), next.event.payload())
		w.end(next, err, at, before)
	}()
	w.rest()
}

// toldBefore is a copy of what was told so far.
func (w *world) toldBefore() map[string]int {
	w.aws.mu.Lock()
	defer w.aws.mu.Unlock()
	return maps.Clone(w.told)
}

// end is the end of an invocation. One that failed is repeated as Lambda does: after a minute and more, or, where Lambda
// itself was at fault, after a second; its process is gone with all that it knew.
func (w *world) end(next *tries, err error, at int, before map[string]int) {
	w.aws.mu.Lock()
	defer w.aws.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy--
	w.idle.Signal()
	if err == nil {
		return
	}
	for id, count := range w.told {
		if count > before[id] {
			w.excused[id]++
		}
	}
	for key := range w.touched { // a marker that landed, of an event that will be told again
		if strings.Contains(key, "/events/") && strings.HasPrefix(key, names.FloodsPrefix) {
			marker, _ := names.ParseFloodMarker(key)
			w.excused[marker.ID]++
		}
	}
	w.touched = map[string]bool{}
	next.failed++
	next.due = w.now.Add(time.Duration(next.failed) * time.Minute)
	if w.random.IntN(3) == 0 {
		next.due = w.now.Add(time.Second)
	}
	w.queue = append(w.queue, next)
	w.environments[at] = w.environment()
}

// send makes events due over a time, in copies.
func (w *world) send(events int, over time.Duration) {
	for _, one := range copies(events, w.random) {
		w.queue = append(w.queue, &tries{delivery: one, due: now.Add(time.Duration(w.random.Int64N(int64(over) + 1)))})
	}
}

// settled expects that every event has one object that says that people were told, and that they were.
func (w *world) settled(events int) {
	GinkgoHelper()
	found := 0
	for key := range w.aws.objects {
		if !strings.HasPrefix(key, names.EventsPrefix) {
			continue
		}
		found++
		kept := record(w.aws, key)
		Expect(kept.Notification.Delivery).To(BeElementOf(processor.Sent, processor.Summarised), key)
		Expect(w.told[kept.ID]).To(BeNumerically(">=", 1), "lost: %s, %+v", key, kept.Notification)
		Expect(w.told[kept.ID]).To(BeNumerically("<=", 1+w.excused[kept.ID]), fmt.Sprintf("repeated: %s, %+v", key, kept.Notification))
	}
	Expect(found).To(Equal(events))
}
