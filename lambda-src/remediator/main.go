// Command remediator is the function that fixes resources that violate a rule.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/function"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

func main() {
	log := lambdacontext.NewLogger()
	settings, err := env.ReadRemediator(os.LookupEnv)
	if err != nil {
		log.Error("the function can't start", "error", err)
		os.Exit(1)
	}
	lambda.Start(function.NewLazy(func() (function.Handler, error) {
		rules, err := catalogue.Load()
		s3 := awsclients.S3(settings.AWS)
		return &remediator.Handler{
			Prefix: settings.Prefix, Catalogue: rules, Modes: settings.Modes, Rules: settings.Rules,
			Log: log, Now: time.Now, Pause: function.Sleep,
			Remediations: remediation.All(remediation.Clients{
				S3: s3, RDS: awsclients.RDS(settings.AWS), EC2: awsclients.EC2(settings.AWS), KMS: awsclients.KMS(settings.AWS),
				IAM: awsclients.IAM(settings.AWS), Logs: awsclients.Logs(settings.AWS),
			}, settings.KeyARN),
			Store: store.New(s3, settings.Bucket), Config: awsclients.Config(settings.AWS),
			Topic:   notify.NewTopic(awsclients.SNS(settings.AWS), settings.OperationsTopic),
			Metrics: emf.New(os.Stdout, settings.Prefix, time.Now),
		}, err
	}))
}
