// Command aggregator is the function that makes the report.
package main

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/function"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

func main() {
	log := lambdacontext.NewLogger()
	settings, err := env.ReadAggregator(os.LookupEnv)
	if err != nil {
		log.Error("the function can't start", "error", err)
		os.Exit(1)
	}
	aggregator.Limit()
	lambda.Start(function.NewLazy(func() (function.Handler, error) {
		rules, err := catalogue.Load()
		s3 := awsclients.S3(settings.AWS)
		return &aggregator.Handler{
			Prefix: settings.Prefix, Rules: rules, Log: log, Now: time.Now, Temp: os.CreateTemp, Within: context.WithTimeout,
			Config:  awsclients.Config(settings.AWS),
			Store:   store.New(s3, settings.Bucket),
			Objects: objects.New(s3, settings.Bucket),
			Topic:   notify.NewTopic(awsclients.SNS(settings.AWS), settings.ViolationsTopic),
			Metrics: emf.New(os.Stdout, settings.Prefix, time.Now),
		}, err
	}))
}
