package aggregator_test

import (
	"context"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

func (f *forgetful) GetComplianceDetailsByConfigRule(ctx context.Context, query awshttp.ComplianceQuery) (awshttp.Compliance, error) {
	out, err := f.Config.GetComplianceDetailsByConfigRule(ctx, query)
	if query.Token == "" && query.Rule == "monitor-test-s3-tls" {
		delete(f.w.failing, "PAGE monitor-test-s3-tls 2")
	}
	return out, err
}
