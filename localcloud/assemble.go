package localcloud

import (
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/configsvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/identity"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/keep"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdasvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/s3svc"
)

// assemble builds the gateway of an instance whose moto is up.
func assemble(c *Cloud) (*gateway, error) {
	moto := newProxy(c.moto.url(), c.log)
	triggers, err := configsvc.LoadTriggers(c.moto.ready.ManagedRules)
	if err != nil {
		return nil, err
	}
	now := clock.New()
	g := &gateway{moto: moto, log: c.requests}
	config := configsvc.New(configsvc.Options{
		Moto: moto, AWS: http.HandlerFunc(g.answerItself), Triggers: triggers, Clock: now, Complain: c.log.Printf,
	})
	g.watch, g.close = config.Watch, config.Close
	g.control = c.control(map[string]http.Handler{"config/evaluations": config.Evaluations()})
	g.services = map[string]http.Handler{
		"config": config,
		"kms":    keep.KMS(moto),
		"lambda": lambdasvc.New(moto),
		"logs":   keep.Logs(moto),
		"s3":     s3svc.New(moto, identity.New(moto).Of),
		"sns":    keep.SNS(moto),
		"sqs":    keep.SQS(moto),
	}
	return g, nil
}

// answerItself answers what the local AWS asks itself: as it answers everybody, but without a line in the log.
func (g *gateway) answerItself(w http.ResponseWriter, r *http.Request) {
	info := awsreq.Classify(r)
	g.serviceOf(info).ServeHTTP(w, awsreq.With(r, &info))
}
