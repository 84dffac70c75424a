package remediator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// errAWS is what a call fails with that is made to fail.
var errAWS = errors.New("AWS is not well")

// errExists is what the store answers when another invocation was quicker.
var errExists = store.ErrExists

// stopped is a pause during which the invocation ends.
func stopped(context.Context, time.Duration) error { return context.DeadlineExceeded }

const (
	bad  = `{"state":"bad"}`
	good = `{"state":"good"}`
)

// live is a resource: its state, its tags, and how often it was written.
type live struct {
	state  string
	tags   map[string]string
	writes int
}

// cloud is all of AWS that the remediator sees: resources, bucket, topic and AWS Config.
type cloud struct {
	resources map[string]*live
	objects   map[string][]byte
	versions  map[string]int
	mails     []notify.Message
	evaluated []string
	violating map[string][]string // rule in AWS Config → resources

	parameters remediation.Parameters // that were planned with last

	mu         sync.Mutex
	calls      []string
	failBefore int  // number of the call that fails and does nothing
	failAfter  int  // number of the call that is done, and whose answer is lost
	crash      bool // nothing works any more after a call that fails by its number: the process is gone
	gone       bool
	failing    map[string]error
	before     func(call int) // called before each call but the calls that it makes itself
	turn       func()         // waits for the caller's turn
	noPlan     error          // why there can be no plan
	stale      int            // how many looks at a resource after a write still show it as it was
	onWrite    func()
}

func newCloud() *cloud {
	return &cloud{
		resources: map[string]*live{}, objects: map[string][]byte{}, versions: map[string]int{},
		violating: map[string][]string{}, failing: map[string]error{},
	}
}

func (c *cloud) call(name string, do func() error) error {
	if hook := c.before; hook != nil {
		c.before = nil
		hook(len(c.calls) + 1)
		c.before = hook
	}
	if c.turn != nil {
		c.turn()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, name)
	number := len(c.calls)
	if number == c.failBefore || c.gone {
		c.gone = c.crash
		return errAWS
	}
	if err := c.failing[name]; err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	if number == c.failAfter {
		c.gone = c.crash
		return errAWS
	}
	return nil
}

// kind is what calls of the store are named by, beside their operation. A record's have no name.
func kind(key string) string {
	for prefix, kind := range map[string]string{names.BreakerPrefix: " breaker", names.FixesPrefix: " history"} {
		if strings.HasPrefix(key, prefix) {
			return kind
		}
	}
	return ""
}

func (c *cloud) URL(key string) string { return "s3://reports/" + key }

func (c *cloud) version(key string) store.Version { return store.Version(fmt.Sprint(c.versions[key])) }

func (c *cloud) put(key string, document any) (store.Version, error) {
	content, err := json.Marshal(document)
	c.objects[key] = content
	c.versions[key]++
	return c.version(key), err
}

func (c *cloud) ReadRaw(_ context.Context, key string) (content []byte, version store.Version, err error) {
	err = c.call("read "+key, func() error {
		if c.objects[key] == nil {
			return store.ErrNotFound
		}
		content, version = c.objects[key], c.version(key)
		return nil
	})
	return content, version, err
}

func (c *cloud) Create(_ context.Context, key string, document any) (version store.Version, err error) {
	err = c.call("create"+kind(key), func() (err error) {
		if c.objects[key] != nil {
			return store.ErrExists
		}
		version, err = c.put(key, document)
		return err
	})
	return version, err
}

func (c *cloud) Read(_ context.Context, key string, document any) (version store.Version, err error) {
	err = c.call("read"+kind(key), func() error {
		if c.objects[key] == nil {
			return store.ErrNotFound
		}
		version = c.version(key)
		return json.Unmarshal(c.objects[key], document)
	})
	return version, err
}

func (c *cloud) Replace(_ context.Context, key string, document any, old store.Version) (version store.Version, err error) {
	err = c.call("replace"+kind(key), func() (err error) {
		if old != c.version(key) {
			return store.ErrChanged
		}
		version, err = c.put(key, document)
		return err
	})
	return version, err
}

func (c *cloud) Publish(_ context.Context, message notify.Message) (string, error) {
	return "message-1", c.call("publish", func() error {
		c.mails = append(c.mails, message)
		return nil
	})
}

func (c *cloud) StartConfigRulesEvaluation(_ context.Context, rules []string) error {
	return c.call("evaluate", func() error {
		c.evaluated = append(c.evaluated, rules...)
		return nil
	})
}

func (c *cloud) GetComplianceDetailsByConfigRule(_ context.Context, query awshttp.ComplianceQuery) (awshttp.Compliance, error) {
	var out awshttp.Compliance
	err := c.call("results", func() error {
		ids, ok := c.violating[query.Rule]
		if !ok {
			return &smithy.GenericAPIError{Code: "NoSuchConfigRuleException"}
		}
		if !slices.Equal(query.Only, []string{"NON_COMPLIANT"}) {
			return errors.New("asked for results that are compliant")
		}
		for _, id := range ids {
			out.Results = append(out.Results, awshttp.Evaluation{
				ResourceType: "AWS::S3::Bucket", ResourceID: id, Compliance: "NON_COMPLIANT", Ordering: ordering,
			})
		}
		return nil
	})
	return out, err
}

// fix is a remediation of the cloud's resources: it makes their state good.
type fix struct{ *cloud }

func (f fix) Tags(_ context.Context, target resource.Resource) (tags map[string]string, err error) {
	err = f.call("tags", func() error {
		found, ok := f.resources[target.ID]
		if !ok {
			return remediation.ErrGone
		}
		tags = maps.Clone(found.tags)
		return nil
	})
	return tags, err
}

func (f fix) Read(_ context.Context, target resource.Resource) (state remediation.State, err error) {
	name := "look"
	f.mu.Lock()
	if found, ok := f.resources[target.ID]; ok && found.writes > 0 {
		name = "verify"
	}
	f.mu.Unlock()
	err = f.call(name, func() error {
		found, ok := f.resources[target.ID]
		if !ok {
			return remediation.ErrGone
		}
		state = remediation.State(found.state)
		if found.writes > 0 && f.stale > 0 {
			f.stale--
			state = remediation.State(bad)
		}
		return nil
	})
	return state, err
}

func (f fix) Plan(_ resource.Resource, current remediation.State, parameters remediation.Parameters) (remediation.Plan, error) {
	f.parameters = parameters
	if f.noPlan != nil {
		return remediation.Plan{}, f.noPlan
	}
	plan := remediation.Plan{Before: current, After: remediation.State(good)}
	if string(current) != good {
		plan.Changes = []remediation.Change{{Property: "State", Before: "", After: "good"}}
	}
	return plan, nil
}

func (f fix) Write(_ context.Context, target resource.Resource, _, to remediation.State) error {
	if f.onWrite != nil {
		f.onWrite()
	}
	return f.call("write", func() error {
		f.resources[target.ID].state = string(to)
		f.resources[target.ID].writes++
		return nil
	})
}

// metrics counts what was emitted, by name and dimensions.
type metrics map[string]float64

// counting emits into metrics, from any number of invocations at once.
type counting struct {
	mu *sync.Mutex
	metrics
}

func (c counting) Emit(name string, _ emf.Unit, value float64, dimensions ...emf.Dimension) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, dimension := range dimensions {
		name += " " + dimension.Name + "=" + dimension.Value
	}
	c.metrics[name] += value
}
