package localcloud

import (
	"net/http"

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
	return &gateway{
		control: c.control(map[string]http.Handler{"config/evaluations": config.Evaluations()}),
		services: map[string]http.Handler{
			"config": config,
			"kms":    keep.KMS(moto),
			"lambda": lambdasvc.New(moto),
			"logs":   keep.Logs(moto),
			"s3":     s3svc.New(moto, identity.New(moto).Of),
			"sns":    keep.SNS(moto),
			"sqs":    keep.SQS(moto),
		},
		moto: moto,
		log:  c.requests,
	}, nil
}
