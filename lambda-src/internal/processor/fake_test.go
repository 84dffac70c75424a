package processor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
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

	fault  func(call, key string) (before, after bool) // in place of the numbers
	listed map[string][]string                         // what was listed last, by prefix
	told   func(message notify.Message, listed map[string][]string)
}

func newCloud() *cloud {
	return &cloud{objects: map[string][]byte{}, writes: map[string]int{}, listed: map[string][]string{}}
}

// call counts a call, does it, and fails it when its turn is come.
func (c *cloud) call(kind, key string, do func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	before, after := c.calls == c.failBefore, c.calls == c.failAfter
	if c.fault != nil {
		before, after = c.fault(kind, key)
	}
	if before {
		return errAWS
	}
	if err := do(); err != nil {
		return err
	}
	if after {
		return errAWS
	}
	return nil
}

// environment is a handler as it is in one execution environment of Lambda, with nothing remembered.
func (c *cloud) environment(clock func() time.Time, rules ...catalogue.Rule) *processor.Handler {
	return &processor.Handler{
		Prefix: "monitor-test", Rules: &catalogue.Catalogue{Rules: rules}, Modes: env.NewModes(names.ModePlan, nil),
		Store: c, List: c.List, Topic: c, Metrics: newMetrics(), Log: slog.New(slog.DiscardHandler), Now: clock,
		Pause: func(context.Context, time.Duration) error { return errors.New("there is nothing to wait for") },
	}
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
	err = c.call("Create", key, func() error {
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
	err = c.call("Read", key, func() error {
		version = c.version(key)
		return json.Unmarshal(c.objects[key], document)
	})
	return version, err
}

func (c *cloud) Replace(_ context.Context, key string, document any, old documents.Version) (version documents.Version, err error) {
	err = c.call("Replace", key, func() error {
		if old != c.version(key) {
			return fmt.Errorf("replacing: %w", documents.ErrChanged)
		}
		err := c.put(key, document)
		version = c.version(key)
		return err
	})
	return version, err
}

func (c *cloud) Write(_ context.Context, key string, document any) error {
	return c.call("Write", key, func() error { return c.put(key, document) })
}

func (c *cloud) List(_ context.Context, prefix string) (keys []string, err error) {
	err = c.call("List", prefix, func() error {
		for _, key := range slices.Sorted(maps.Keys(c.objects)) {
			if strings.HasPrefix(key, prefix) {
				keys = append(keys, key)
			}
		}
		c.listed[prefix] = keys
		return nil
	})
	return keys, err
}

func (c *cloud) Publish(_ context.Context, message notify.Message) (id string, err error) {
	err = c.call("Publish", message.Subject, func() error {
		c.mails = append(c.mails, message)
		if c.told != nil {
			c.told(message, c.listed)
		}
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

// again is a bucket whose answer to creating one object gets lost, so that the client tries again, and finds it there.
type again struct {
	*cloud
	key string
}

func (a *again) Create(ctx context.Context, key string, document any) (documents.Version, error) {
	if strings.HasSuffix(key, a.key) {
		if _, err := a.cloud.Create(ctx, key, document); err != nil {
			return "", err
		}
	}
	return a.cloud.Create(ctx, key, document)
}
