package localcloud

import (
	"net/http"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/authz"
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
	config := configsvc.New(moto, triggers)
	callers := identity.New(moto)
	guard := authz.New(moto, callers.Of, time.Now)
	return &gateway{
		control: c.control(map[string]http.Handler{
			"config/evaluations": config.Evaluations(),
			"authorizations":     guard.Decisions(),
		}),
		guard: guard,
		services: map[string]http.Handler{
			"config": config,
			"kms":    keep.KMS(moto),
			"lambda": lambdasvc.New(moto),
			"logs":   keep.Logs(moto),
			"s3":     s3svc.New(moto, callers.Of, guard),
			"sns":    keep.SNS(moto),
			"sqs":    keep.SQS(moto),
		},
		moto: moto,
		log:  c.requests,
	}, nil
}
