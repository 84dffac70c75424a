package remediation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// LogGroupRetention is the catalogue's name of the remediation.
const LogGroupRetention = "log-group-retention"

// Logs is what the remediation calls.
type Logs interface {
	LogGroups
	PutRetentionPolicy(
		ctx context.Context, in *cloudwatchlogs.PutRetentionPolicyInput, options ...func(*cloudwatchlogs.Options),
	) (*cloudwatchlogs.PutRetentionPolicyOutput, error)
	DeleteRetentionPolicy(
		ctx context.Context, in *cloudwatchlogs.DeleteRetentionPolicyInput, options ...func(*cloudwatchlogs.Options),
	) (*cloudwatchlogs.DeleteRetentionPolicyOutput, error)
}

// newLogGroupRetention makes a log group keep its events for longer. It never makes one keep them for less.
func newLogGroupRetention(client Logs) Remediation {
	calls := logRetention{client: client}
	return remedy[retention]{tags: logGroupTags(client), read: calls.read, plan: planRetention, write: calls.write, properties: retention.properties}
}

type logRetention struct{ client Logs }

// retention is how long a log group keeps its events.
type retention struct {
	Days  int32  `json:"retentionInDays,omitempty"` // 0: for good
	Class string `json:"logGroupClass,omitempty"`
}

func (r retention) properties() []property {
	days := ""
	if r.Days != 0 {
		days = strconv.Itoa(int(r.Days))
	}
	return []property{{"RetentionInDays", days}}
}

// days are the retentions that CloudWatch Logs accepts.
var days = []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

// planRetention decides how long a log group is to keep its events. One that keeps them for good is compliant, and so is
// one that the rule does not look at.
func planRetention(target resource.Resource, current retention, parameters Parameters) (retention, error) {
	least, err := parameters.number("MinRetentionTime", year, 1, int(days[len(days)-1]))
	if err != nil {
		return retention{}, err
	}
	wanted := int32(least) //nolint:gosec // the longest fits
	prefixes := parameters.list("LogGroupNames")
	looked := len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(target.ID, prefix) })
	if !looked || current.Days == 0 || current.Days >= wanted {
		return current, nil
	}
	if current.Class == string(types.LogGroupClassDelivery) {
		return retention{}, errors.New("it is of class DELIVERY, for which CloudWatch Logs has a retention of its own: exempt it from the rule")
	}
	accepted, _ := slices.BinarySearch(days, wanted)
	current.Days = days[accepted]
	return current, nil
}

func (l logRetention) write(ctx context.Context, group resource.Resource, _, to retention) error {
	var err error
	if to.Days == 0 {
		_, err = l.client.DeleteRetentionPolicy(ctx, &cloudwatchlogs.DeleteRetentionPolicyInput{LogGroupName: aws.String(group.ID)})
	} else {
		_, err = l.client.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{
			LogGroupName: aws.String(group.ID), RetentionInDays: aws.Int32(to.Days),
		})
	}
	if err != nil {
		return fmt.Errorf("setting the retention of log group %s: %w", group.ID, err)
	}
	return nil
}

func (l logRetention) read(ctx context.Context, target resource.Resource) (retention, error) {
	group, err := readLogGroup(ctx, l.client, target)
	if err != nil {
		return retention{}, err
	}
	return retention{Days: aws.ToInt32(group.RetentionInDays), Class: string(group.LogGroupClass)}, nil
}
