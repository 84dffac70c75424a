package foundation

import (
	"fmt"
	"path"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
)

// expireReports lets reports, events, what was agreed about floods of events and the breaker's counts go after the
// retention, with their old versions, and unfinished uploads after a day. It depends on nothing but the bucket: the
// provider waits 30 s for it, and nothing should wait before that.
func expireReports(ctx *pulumi.Context, env *awsenv.Env, s Settings, _ *kms.Key, bucket *s3.BucketV2) error {
	rules := s3.BucketLifecycleConfigurationV2RuleArray{}
	for _, prefix := range []string{names.EventsPrefix, names.ReportsPrefix, names.FloodsPrefix, names.BreakerPrefix} {
		rules = append(rules, s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:         pulumi.String("expire-" + path.Base(prefix)),
			Status:     pulumi.String("Enabled"),
			Filter:     s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String(prefix)},
			Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(s.RetentionDays)},
			NoncurrentVersionExpiration: s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
				NoncurrentDays: pulumi.Int(s.RetentionDays),
			},
		})
	}
	rules = append(rules, s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("clean-up"),
		Status: pulumi.String("Enabled"),
		Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
		Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{
			ExpiredObjectDeleteMarker: pulumi.Bool(true),
		},
		AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(1),
		},
	})
	_, err := s3.NewBucketLifecycleConfigurationV2(ctx, "reports-lifecycle", &s3.BucketLifecycleConfigurationV2Args{
		Bucket: bucket.Bucket, Rules: rules,
	}, env.Options()...)
	if err != nil {
		return fmt.Errorf("setting the lifecycle of reports: %w", err)
	}
	return nil
}
