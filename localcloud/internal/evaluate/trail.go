package evaluate

import (
	"context"
	"slices"
	"strings"
)

const cloudTrailTarget = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."

// trail is a CloudTrail trail.
type trail struct {
	Name            string
	ARN             string `json:"TrailARN"`
	Bucket          string `json:"S3BucketName"`
	Topic           string `json:"SnsTopicARN"`
	LogGroup        string `json:"CloudWatchLogsLogGroupArn"`
	Key             string `json:"KmsKeyId"`
	MultiRegion     bool   `json:"IsMultiRegionTrail"`
	ValidationOfLog bool   `json:"LogFileValidationEnabled"`
}

var trails = kind[trail]{
	name: "AWS::CloudTrail::Trail",
	id:   func(t trail) string { return t.Name },
	list: func(ctx context.Context, account *Account, _ string) ([]trail, error) {
		return once(account, "cloudtrail trails", func() ([]trail, error) {
			var out struct {
				Trails []trail `json:"trailList"`
			}
			err := account.json(ctx, "cloudtrail", cloudTrailTarget+"DescribeTrails", struct{}{}, &out)
			return out.Trails, err
		})
	},
}

var trailRules = map[string][]check{
	"CLOUD_TRAIL_ENABLED":              whole(anyTrail),
	"MULTI_REGION_CLOUD_TRAIL_ENABLED": whole(anyMultiRegionTrail),
	"CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": {each(trails, func(t trail, _ *parameters) Outcome {
		return require(t.ValidationOfLog, "The trail does not validate its log files.")
	})},
	"CLOUD_TRAIL_ENCRYPTION_ENABLED": {each(trails, func(t trail, _ *parameters) Outcome {
		return require(t.Key != "", "The trail does not encrypt its log files with a KMS key.")
	})},
}

// logs says whether a trail records at this time.
func (t trail) logs(ctx context.Context, account *Account) (bool, error) {
	var out struct{ IsLogging bool }
	err := account.json(ctx, "cloudtrail", cloudTrailTarget+"GetTrailStatus", map[string]string{"Name": t.ARN}, &out)
	return out.IsLogging, err
}

// delivers says whether a trail delivers to where the parameters want it.
func (t trail) delivers(given *parameters) bool {
	for name, actual := range map[string]string{"s3BucketName": t.Bucket, "snsTopicArn": t.Topic, "cloudWatchLogsLogGroupArn": t.LogGroup} {
		if wanted := given.text(name); wanted != "" && wanted != actual {
			return false
		}
	}
	return true
}

// findTrail looks for a trail that records, delivers as wanted, and meets another demand.
func findTrail(ctx context.Context, account *Account, given *parameters, meets func(trail) (bool, error)) (bool, error) {
	all, err := trails.list(ctx, account, "")
	if err != nil {
		return false, err
	}
	for _, candidate := range all {
		if !candidate.delivers(given) {
			continue
		}
		met, err := meets(candidate)
		if err == nil && met {
			met, err = candidate.logs(ctx, account)
		}
		if err != nil || met {
			return met, err
		}
	}
	return false, nil
}

func anyTrail(ctx context.Context, account *Account, given *parameters) (Outcome, error) {
	found, err := findTrail(ctx, account, given, func(trail) (bool, error) { return true, nil })
	return require(found, "No trail records the account's events as the rule wants it."), err
}

func anyMultiRegionTrail(ctx context.Context, account *Account, given *parameters) (Outcome, error) {
	found, err := findTrail(ctx, account, given, func(t trail) (bool, error) {
		if !t.MultiRegion {
			return false, nil
		}
		return account.selects(ctx, t, given.flag("includeManagementEvents", true), given.text("readWriteType"))
	})
	return require(found, "No trail records the events of all regions as the rule wants it."), err
}

// selects says whether a trail's selectors take the events that are wanted.
func (a *Account) selects(ctx context.Context, t trail, management bool, readWrite string) (bool, error) {
	type selector struct {
		ReadWriteType           string
		IncludeManagementEvents bool
	}
	var out struct {
		EventSelectors         []selector
		AdvancedEventSelectors []struct{}
	}
	if err := a.json(ctx, "cloudtrail", cloudTrailTarget+"GetEventSelectors", map[string]string{"TrailName": t.ARN}, &out); err != nil {
		return false, err
	}
	if len(out.EventSelectors) == 0 { // AWS's default takes all management events
		return len(out.AdvancedEventSelectors) == 0, nil
	}
	return slices.ContainsFunc(out.EventSelectors, func(s selector) bool {
		return s.IncludeManagementEvents == management && (readWrite == "" || strings.EqualFold(s.ReadWriteType, readWrite))
	}), nil
}
