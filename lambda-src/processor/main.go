// Command processor is the function that stores changes of compliance and mails people about them.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/function"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/processor"
)

func main() {
	log := lambdacontext.NewLogger()
	settings, err := env.ReadProcessor(os.LookupEnv)
	if err != nil {
		log.Error("the function can't start", "error", err)
		os.Exit(1)
	}
	lambda.Start(function.NewLazy(func() (function.Handler, error) {
		rules, err := catalogue.Load()
		bucket := awshttp.NewBucket(settings.AWS, settings.Bucket)
		return &processor.Handler{
			Prefix: settings.Prefix, Alias: settings.AccountAlias, Rules: rules, Modes: settings.Modes, FloodLimit: settings.FloodLimit,
			Log: log, Now: time.Now, Pause: function.Sleep,
			Store: documents.New(bucket), List: bucket.List,
			Topic:   notify.NewTopic(awshttp.NewSNS(settings.AWS), settings.ViolationsTopic),
			Metrics: emf.New(os.Stdout, settings.Prefix, time.Now),
		}, err
	}))
}
