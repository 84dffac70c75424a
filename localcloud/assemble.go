package localcloud

import (
	"errors"
	"net/http"
	"os"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/alarms"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/authz"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/configsvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/eventsvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/faults"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/identity"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/keep"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdasvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/mail"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/roles"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/s3svc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/telemetry"
)

// assemble builds the gateway of an instance whose moto is up.
func assemble(c *Cloud) (*gateway, error) {
	moto := newProxy(c.moto.url(), c.log)
	triggers, err := configsvc.LoadTriggers(c.moto.ready.ManagedRules)
	if err != nil {
		return nil, err
	}
	callers := identity.New(moto)
	now := clock.New()
	guard := authz.New(moto, callers.Of, now.Now)
	g := &gateway{moto: moto, guard: guard, log: c.requests, faults: faults.New(callers.Of, c.log)}
	attributes := keep.SNS(moto)
	topics, err := mail.New(mail.Options{SNS: attributes, Folder: c.state.path(mailboxFolder), Clock: now, Log: c.log})
	if err != nil {
		return nil, err
	}
	activity := &alarms.Activity{}
	shipper := telemetry.New(activity.Metrics(moto), now.Now, c.log)
	functions, err := runFunctions(c, g, now, shipper)
	if err != nil {
		return nil, err
	}
	events := eventsvc.New(eventsvc.Options{Moto: moto, Services: g, Functions: functionTargets{functions}, Clock: now, Log: c.log})
	config := configsvc.New(configsvc.Options{
		Moto: moto, AWS: http.HandlerFunc(g.answerItself), Triggers: triggers, Clock: now, Bus: events, Complain: c.log.Printf,
	})
	g.watch = config.Watch
	rings := alarms.New(alarms.Options{
		Moto: moto, Services: g, Queues: moto, Activity: activity, Events: events, Clock: now, Settle: shipper.Flush, Log: c.log,
	})
	keys, groups, queues, buckets := keep.KMS(moto), keep.Logs(moto), keep.SQS(moto), s3svc.New(moto, callers.Of, guard)
	g.control = c.control(map[string]http.Handler{
		"authorizations":     guard.Decisions(),
		"clock":              clockEndpoint(now, shipper.Flush),
		"config/evaluations": config.Evaluations(),
		"deliveries":         events.Deliveries(),
		"environments":       functions.Environments(),
		"faults":             g.faults.Endpoint(),
		"invocations":        functions.Invocations(),
		"mailbox":            topics.Mailbox(),
		"operations": operationsEndpoint(map[string][]string{
			"config": config.Operations(), "events": events.Operations(), "kms": keys.Operations(), "lambda": functions.Operations(),
			"logs": groups.Operations(), "monitoring": rings.Operations(), "s3": buckets.Operations(),
			"sns": append(attributes.Operations(), topics.Operations()...), "sqs": queues.Operations(),
		}),
	})
	g.services = map[string]http.Handler{
		"config":     config,
		"events":     events,
		"kms":        keys,
		"lambda":     functions,
		"logs":       groups,
		"monitoring": rings,
		"s3":         buckets,
		"sns":        activity.Queues(topics),
		"sqs":        activity.Queues(queues),
	}
	g.endFirst(config.Close, rings.Close, events.Close)
	return g, nil
}

// endFirst has what is started here end before the functions do.
func (g *gateway) endFirst(ends ...func()) {
	endFunctions := g.end
	g.end = func() error {
		for _, end := range ends {
			end()
		}
		return endFunctions()
	}
}

// runFunctions makes Lambda, with what runs its functions. The gateway ends it.
func runFunctions(c *Cloud, g *gateway, now *clock.Clock, shipper *telemetry.Shipper) (*lambdasvc.Handler, error) {
	folder := c.state.path(functionsFolder)
	if err := os.RemoveAll(folder); err != nil { // what an instance left that was killed
		return nil, err
	}
	assumed := roles.New(g.moto)
	runner := lambdarun.New(lambdarun.Options{
		Endpoint: c.Endpoint(), Folder: folder, Clock: now, Roles: assumed, Journal: journal{shipper},
	})
	g.end = func() error {
		now.Stop()
		err := runner.Close()
		shipper.Close()
		return errors.Join(err, os.RemoveAll(folder))
	}
	return lambdasvc.New(lambdasvc.Options{
		Moto: g.moto, Gateway: g, Clock: now, Folder: folder, Roles: assumed, Runner: runner, Metrics: shipper, Log: c.log,
	}), nil
}

// answerItself answers what the local AWS asks itself: as it answers everybody, but without a line in the log.
func (g *gateway) answerItself(w http.ResponseWriter, r *http.Request) {
	info := awsreq.Classify(r)
	g.serviceOf(info).ServeHTTP(w, awsreq.With(r, &info))
}
