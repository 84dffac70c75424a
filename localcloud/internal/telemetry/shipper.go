// Package telemetry brings log lines and metrics to moto: lines in batches, to groups and streams that it makes where
// they are missing, and the metrics that are embedded in lines to CloudWatch.
package telemetry

import (
	"context"
	"log"
	"net/http"
	"sync"
	"time"
)

// Stream names a log stream.
type Stream struct{ Region, Group, Name string }

// Datum is what a metric is given.
type Datum struct {
	Name       string
	Unit       string
	Dimensions []Dimension
	Values     []float64
	At         time.Time
	Resolution int // seconds; 60 if zero
}

// Dimension is a dimension of a metric.
type Dimension struct{ Name, Value string }

// space is a namespace in a region.
type space struct{ region, namespace string }

// line is a line of a log.
type line struct {
	Timestamp int64  `json:"timestamp"` // milliseconds since 1970
	Message   string `json:"message"`
}

// Shipper brings lines and metrics to moto, in the order in which they come, as soon as it can, and in batches
// while it can't.
type Shipper struct {
	moto http.Handler
	now  func() time.Time // of the local cloud
	log  *log.Logger      // for what could not be brought

	mu      sync.Mutex
	changed sync.Cond
	lines   map[Stream][]line
	data    map[space][]Datum
	taken   int // things that were handed in
	shipped int // of these, how many are with moto
	closed  bool
	done    chan struct{}
	streams map[Stream]bool // that are known to be there
}

// New makes a shipper. Close it.
func New(moto http.Handler, now func() time.Time, errors *log.Logger) *Shipper {
	s := &Shipper{
		moto: moto, now: now, log: errors, lines: map[Stream][]line{}, data: map[space][]Datum{},
		done: make(chan struct{}), streams: map[Stream]bool{},
	}
	s.changed.L = &s.mu
	go s.work()
	return s
}

// Log takes a line for a stream, and the metrics that are embedded in it.
func (s *Shipper) Log(stream Stream, at time.Time, message string) {
	embedded := Embedded(message)
	ahead := s.ahead()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines[stream] = append(s.lines[stream], line{Timestamp: at.UnixMilli(), Message: message})
	for namespace, data := range embedded {
		for i := range data {
			data[i].At = data[i].At.Add(ahead)
		}
		key := space{region: stream.Region, namespace: namespace}
		s.data[key] = append(s.data[key], data...)
	}
	s.taken++
	s.changed.Broadcast()
}

// ahead is how far the local cloud's clock is ahead of the machine's, which is the one that functions know.
func (s *Shipper) ahead() time.Duration {
	if ahead := s.now().Sub(time.Now()); ahead > time.Second {
		return ahead
	}
	return 0
}

// Measure takes metrics.
func (s *Shipper) Measure(region, namespace string, data ...Datum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := space{region: region, namespace: namespace}
	s.data[key] = append(s.data[key], data...)
	s.taken++
	s.changed.Broadcast()
}

// Flush returns when all that was handed in before is with moto.
func (s *Shipper) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for target := s.taken; s.shipped < target; {
		s.changed.Wait()
	}
}

// Close ships what is left, and ends.
func (s *Shipper) Close() {
	s.mu.Lock()
	s.closed = true
	s.changed.Broadcast()
	s.mu.Unlock()
	<-s.done
}

// work ships what there is until the shipper is closed and nothing is left.
func (s *Shipper) work() {
	defer close(s.done)
	for {
		lines, data, until := s.next()
		if lines == nil {
			return
		}
		for stream, batch := range lines {
			s.report(s.putLines(context.Background(), stream, batch))
		}
		for key, batch := range data {
			s.report(s.putData(context.Background(), key, batch))
		}
		s.mu.Lock()
		s.shipped = until
		s.changed.Broadcast()
		s.mu.Unlock()
	}
}

// next waits for something to ship, and takes all of it. There is none when the shipper is closed.
func (s *Shipper) next() (map[Stream][]line, map[space][]Datum, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.shipped == s.taken {
		if s.closed {
			return nil, nil, 0
		}
		s.changed.Wait()
	}
	lines, data := s.lines, s.data
	s.lines, s.data = map[Stream][]line{}, map[space][]Datum{}
	return lines, data, s.taken
}

func (s *Shipper) report(err error) {
	if err != nil {
		s.log.Print(err)
	}
}
