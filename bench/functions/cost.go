package functions

import (
	"fmt"
	"strings"
)

// Prices of us-east-1 in USD, as AWS publishes them; free tiers are left out.
const (
	lambdaGBSecond = 0.0000133334     // arm64
	lambdaRequest  = 0.20 / 1_000_000 //
	s3Put          = 0.005 / 1_000    // PUT, LIST
	s3Get          = 0.0004 / 1_000   //
	s3GBMonth      = 0.023            //
	snsPublish     = 0.50 / 1_000_000 //
	snsMail        = 2.00 / 100_000   //
	kmsKey         = 1.00             // a month
	kmsRequest     = 0.03 / 10_000    //
	logsGB         = 0.50             // ingested
	customMetric   = 0.30             // a month
)

// What the costs are computed for.
const (
	resultsPerResource  = 4    // rules that look at a resource
	changesPerResource  = 0.5  // changes of compliance of a resource a month
	reportsPerMonth     = 120  // every 6 hours
	awsSeconds          = 0.03 // that a call of AWS takes, beside our own time
	configSeconds       = 0.1  // that a page of AWS Config takes
	processorGB         = 0.25 // memory of the function
	aggregatorGB        = 0.5
	logBytesPerEvent    = 1500 // a line, metrics, and Lambda's own lines
	metrics             = 60   // of the deployment: by rule, severity, outcome, reason
	topicCallsPerKMSKey = 1    // of KMS, for each publication to an encrypted topic
	gigabyte            = 1 << 30
)

// Cost is what the functions cost a month for an account of some size, in USD. AWS Config itself, which costs far more, is
// not in it.
type Cost struct {
	Resources  int     `json:"resources"`
	Processor  float64 `json:"processor"`  // Lambda, S3, SNS with one mail each, KMS and logs
	Aggregator float64 `json:"aggregator"` // Lambda, S3 and logs
	Fixed      float64 `json:"fixed"`      // the key and the metrics
	Total      float64 `json:"total"`
}

func (r Results) cost(resources int) Cost {
	ours, reading := r.Processors[Ours], r.Aggregators[Ours]
	events := changesPerResource * float64(resources)
	seconds := ours.MillisecondsEach/1000 + ours.CallsPerEvent*awsSeconds
	perEvent := lambdaRequest + seconds*processorGB*lambdaGBSecond +
		2*s3Put + snsPublish + snsMail + topicCallsPerKMSKey*kmsRequest + logBytesPerEvent*logsGB/gigabyte +
		ours.BytesPerEvent*s3GBMonth/gigabyte
	thousands := resultsPerResource * float64(resources) / 1000
	readSeconds := reading.CPUSeconds*1000*thousands/float64(r.ResultsRead) + reading.CallsPer1000*thousands*configSeconds
	perReport := lambdaRequest + readSeconds*aggregatorGB*lambdaGBSecond + 3*s3Put + s3Get
	cost := Cost{
		Resources: resources, Processor: round(events * perEvent), Aggregator: round(reportsPerMonth * perReport),
		Fixed: round(kmsKey + metrics*customMetric),
	}
	cost.Total = round(cost.Processor + cost.Aggregator + cost.Fixed)
	return cost
}

func costTable(costs []Cost) string {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "\nUSD a month, without AWS Config itself: %v changes of compliance and %d results a resource, "+
		"a report every 6 hours.\n\n"+
		"| resources | processor | aggregator | key and metrics | all |\n|--:|--:|--:|--:|--:|\n", changesPerResource, resultsPerResource)
	for _, cost := range costs {
		_, _ = fmt.Fprintf(&text, "| %d | %.2f | %.2f | %.2f | %.2f |\n",
			cost.Resources, cost.Processor, cost.Aggregator, cost.Fixed, cost.Total)
	}
	return text.String()
}
