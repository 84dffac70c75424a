package aggregator_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/configservice"
)

func (f *forgetful) GetComplianceDetailsByConfigRule(
	ctx context.Context, in *configservice.GetComplianceDetailsByConfigRuleInput, options ...func(*configservice.Options),
) (*configservice.GetComplianceDetailsByConfigRuleOutput, error) {
	out, err := f.Config.GetComplianceDetailsByConfigRule(ctx, in, options...)
	if in.NextToken == nil && *in.ConfigRuleName == "monitor-test-s3-tls" {
		delete(f.w.failing, "PAGE monitor-test-s3-tls 2")
	}
	return out, err
}
