package processor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
)

// errAWS is what a call fails with that is made to fail.
var errAWS = errors.New("AWS is not well")

// cloud is the bucket and the topic. It makes the calls of one number fail: before they are done, or after.
type cloud struct {
	mu         sync.Mutex
	objects    map[string][]byte
	writes     map[string]int
	mails      []notify.Message
	calls      int
	failBefore int // number of the call that fails and does nothing
	failAfter  int // number of the call that is done, and whose answer is lost
}

func newCloud() *cloud {
	return &cloud{objects: map[string][]byte{}, writes: map[string]int{}}
}

// call counts a call, does it, and fails it when its turn is come.
func (c *cloud) call(do func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	number := c.calls
	if number == c.failBefore {
		return errAWS
	}
	if err := do(); err != nil {
		return err
	}
	if number == c.failAfter {
		return errAWS
	}
	return nil
}

func (c *cloud) version(key string) documents.Version {
	return documents.Version(fmt.Sprint(c.writes[key]))
}

func (c *cloud) put(key string, document any) error {
	content, err := json.Marshal(document)
	c.objects[key] = content
	c.writes[key]++
	return err
}

func (c *cloud) URL(key string) string { return "s3://reports/" + key }

func (c *cloud) Create(_ context.Context, key string, document any) (version documents.Version, err error) {
	err = c.call(func() error {
		if _, exists := c.objects[key]; exists {
			return fmt.Errorf("creating: %w", documents.ErrExists)
		}
		err := c.put(key, document)
		version = c.version(key)
		return err
	})
	return version, err
}

func (c *cloud) Read(_ context.Context, key string, document any) (version documents.Version, err error) {
	err = c.call(func() error {
		version = c.version(key)
		return json.Unmarshal(c.objects[key], document)
	})
	return version, err
}

func (c *cloud) Replace(_ context.Context, key string, document any, old documents.Version) (version documents.Version, err error) {
	err = c.call(func() error {
		if old != c.version(key) {
			return fmt.Errorf("replacing: %w", documents.ErrChanged)
		}
		err := c.put(key, document)
		version = c.version(key)
		return err
	})
	return version, err
}

func (c *cloud) Publish(_ context.Context, message notify.Message) (id string, err error) {
	err = c.call(func() error {
		c.mails = append(c.mails, message)
		id = fmt.Sprintf("message-%d", len(c.mails))
		return nil
	})
	return id, err
}

// metrics counts what was emitted, by name and dimensions.
type metrics struct {
	mu     sync.Mutex
	totals map[string]float64
}

func newMetrics() *metrics { return &metrics{totals: map[string]float64{}} }

func (m *metrics) Emit(name string, _ emf.Unit, value float64, dimensions ...emf.Dimension) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, dimension := range dimensions {
		name += " " + dimension.Name + "=" + dimension.Value
	}
	m.totals[name] += value
}

// raced is a bucket in which somebody else is always faster.
type raced struct{ *cloud }

func (raced) Replace(context.Context, string, any, documents.Version) (documents.Version, error) {
	return "", documents.ErrChanged
}
