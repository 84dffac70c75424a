package configsvc

import (
	"context"
	"encoding/json"
	"sync"
)

// outbox puts events on the bus one after the other, without keeping whoever has one waiting: what hears of a change
// may well ask for the next evaluation.
type outbox struct {
	bus      Bus // nil drops everything
	complain func(format string, arguments ...any)

	mutex   sync.Mutex
	waiting []letter
	sending bool
	idle    sync.WaitGroup
}

// letter is an event on its way to a region's bus.
type letter struct {
	region string
	event  json.RawMessage
}

func (o *outbox) put(region string, event json.RawMessage) {
	if o.bus == nil {
		return
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.waiting = append(o.waiting, letter{region, event})
	if !o.sending {
		o.sending = true
		o.idle.Add(1)
		go o.send()
	}
}

// send empties the outbox. An event that the bus does not take is lost, as on AWS, where delivery is best effort.
func (o *outbox) send() {
	defer o.idle.Done()
	for {
		o.mutex.Lock()
		if len(o.waiting) == 0 {
			o.sending = false
			o.mutex.Unlock()
			return
		}
		next := o.waiting[0]
		o.waiting = o.waiting[1:]
		o.mutex.Unlock()
		if err := o.bus.Put(context.Background(), next.region, next.event); err != nil {
			o.complain("putting a change of compliance on the event bus of %s: %v", next.region, err)
		}
	}
}

// close drops what has not been sent and returns when nothing is under way.
func (o *outbox) close() {
	o.mutex.Lock()
	o.waiting = nil
	o.mutex.Unlock()
	o.idle.Wait()
}
