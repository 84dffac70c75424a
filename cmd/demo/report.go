package demo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Latest is what the story tells of a report.
type Latest struct {
	Files struct {
		Page string `json:"page"`
	} `json:"files"`
	Summary struct {
		Started  time.Time `json:"startedAt"`
		Complete bool      `json:"complete"`
		Score    *float64  `json:"score"`
		Results  struct {
			Compliant    int `json:"compliant"`
			NonCompliant int `json:"nonCompliant"`
		} `json:"results"`
		Changes struct {
			New      Violations `json:"new"`
			Resolved Violations `json:"resolved"`
		} `json:"changes"`
	} `json:"summary"`
}

// Violations are some violations, and how many there are.
type Violations struct {
	Count int         `json:"count"`
	First []Violation `json:"first"`
}

// Violation is one of them.
type Violation struct {
	Rule        string `json:"rule"`
	Resource    string `json:"resourceId"`
	ExemptUntil string `json:"exemptUntil"`
}

// Score is the score as people read it.
func (r Latest) Score() string {
	if r.Summary.Score == nil {
		return "none"
	}
	return percent(*r.Summary.Score)
}

// percent rounds down, so that 99.96 is not called 100.
func percent(score float64) string {
	const tenths = 10
	return fmt.Sprintf("%.1f %%", math.Floor(score*tenths)/tenths)
}

// with is the report as it would be if so many of the compliant results were not.
func (r Latest) with(broken int) Latest {
	r.Summary.Results.Compliant -= broken
	r.Summary.Results.NonCompliant += broken
	if all := r.Summary.Results.Compliant + r.Summary.Results.NonCompliant; all > 0 {
		const whole = 100
		score := whole * float64(r.Summary.Results.Compliant) / float64(all)
		r.Summary.Score = &score
	}
	return r
}

// latest is the newest report. There may be none yet, which is no error.
func (w *world) latest(ctx context.Context, bucket string) (Latest, error) {
	var report Latest
	err := w.read(ctx, bucket, names.LatestReportKey, &report)
	var none *s3types.NoSuchKey
	if errors.As(err, &none) {
		return Latest{}, nil
	}
	return report, err
}

// nextReport lets six hours pass on the local cloud's clock, so that the schedule starts the aggregator, and waits for its
// report.
func (w *world) nextReport(ctx context.Context, local control, bucket string) (Latest, error) {
	before, err := w.latest(ctx, bucket)
	if err != nil {
		return Latest{}, err
	}
	// A report is named after the second in which it was begun.
	if wait := time.Until(before.Summary.Started.Truncate(time.Second).Add(time.Second)); wait > 0 && wait <= time.Second {
		time.Sleep(wait)
	}
	if err := local.advance(ctx, names.ScheduleHours*time.Hour); err != nil {
		return Latest{}, err
	}
	var report Latest
	err = await(ctx, func(ctx context.Context) (string, error) {
		if report, err = w.latest(ctx, bucket); err != nil || report.Summary.Started.After(before.Summary.Started) {
			return "", err
		}
		return "the schedule brought no new report: look at the aggregator's log group", nil
	})
	if err == nil && !report.Summary.Complete {
		err = errors.New("the report is not complete: its 'missing' says what it lacks")
	}
	return report, err
}

// Metrics are what CloudWatch knows of the story.
type Metrics struct {
	Fixes  float64 // remediations with the outcome verified, since the story began
	Scores []float64
}

// measure reads the metrics that the functions have written since a moment of the local cloud.
func (w *world) measure(ctx context.Context, prefix string, begun, now time.Time) (Metrics, error) {
	const minute = 60
	deployment := types.Dimension{Name: aws.String(names.DimensionPrefix), Value: &prefix}
	query := func(id, name, statistic string, more ...types.Dimension) types.MetricDataQuery {
		return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{
			Period: aws.Int32(minute), Stat: &statistic,
			Metric: &types.Metric{
				Namespace: aws.String(names.MetricNamespace), MetricName: &name, Dimensions: append([]types.Dimension{deployment}, more...),
			},
		}}
	}
	out, err := w.metrics.GetMetricData(ctx, &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(begun.Truncate(time.Minute)), EndTime: aws.Time(now.Add(time.Minute)), ScanBy: types.ScanByTimestampAscending,
		MetricDataQueries: []types.MetricDataQuery{
			query("fixes", names.MetricRemediations, "Sum", types.Dimension{Name: aws.String(names.DimensionOutcome), Value: aws.String(string(Fixed))}),
			query("score", names.MetricComplianceScore, "Minimum"),
		},
	})
	if err != nil {
		return Metrics{}, fmt.Errorf("reading metrics: %w", err)
	}
	var found Metrics
	for _, result := range out.MetricDataResults {
		if aws.ToString(result.Id) == "score" {
			found.Scores = result.Values
			continue
		}
		for _, value := range result.Values {
			found.Fixes += value
		}
	}
	return found, nil
}
