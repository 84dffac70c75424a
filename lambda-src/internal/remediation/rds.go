package remediation

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// RDS is what the remediations of DB instances call.
type RDS interface {
	DescribeDBInstances(
		ctx context.Context, in *rds.DescribeDBInstancesInput, options ...func(*rds.Options),
	) (*rds.DescribeDBInstancesOutput, error)
	ModifyDBInstance(ctx context.Context, in *rds.ModifyDBInstanceInput, options ...func(*rds.Options)) (*rds.ModifyDBInstanceOutput, error)
}

// Statuses of DB instances that matter here.
const (
	statusAvailable   = "available"
	statusOptimizing  = "storage-optimization" // works as always, and can be modified but for its storage
	statusDeleting    = "deleting"
	filterOfInstances = "dbi-resource-id"
)

// dbInstances finds and modifies DB instances. AWS Config calls an instance by its resource id, which stays when somebody
// renames it.
type dbInstances struct{ client RDS }

// tags reads the tags of an instance. RDS lists them with the instance: an empty list where there are none.
func (d dbInstances) tags(ctx context.Context, target resource.Resource) (map[string]string, error) {
	instance, err := d.find(ctx, target)
	if err != nil {
		return nil, err
	}
	if instance.TagList == nil {
		return nil, fmt.Errorf("reading the tags of DB instance %s: the answer has no list of tags", target.ID)
	}
	tags := make(map[string]string, len(instance.TagList))
	for _, tag := range instance.TagList {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return tags, nil
}

// find describes the instance. One that is being deleted is gone: nothing about it can be changed any more.
func (d dbInstances) find(ctx context.Context, target resource.Resource) (types.DBInstance, error) {
	all, err := d.list(ctx, target)
	if err == nil && len(all) == 0 {
		err = ErrGone
	}
	if err == nil {
		err = check(all, target)
	}
	if err != nil {
		return types.DBInstance{}, fmt.Errorf("reading DB instance %s: %w", target.ID, err)
	}
	return all[0], nil
}

func (d dbInstances) list(ctx context.Context, target resource.Resource) ([]types.DBInstance, error) {
	var all []types.DBInstance
	in := &rds.DescribeDBInstancesInput{Filters: []types.Filter{{Name: aws.String(filterOfInstances), Values: []string{target.ID}}}}
	for {
		out, err := d.client.DescribeDBInstances(ctx, in)
		switch {
		case awserr.IsNoDBInstance(err):
			return nil, ErrGone
		case err != nil:
			return nil, err
		case out.DBInstances == nil:
			return nil, errors.New("the answer has no list of instances")
		}
		all = append(all, out.DBInstances...)
		if in.Marker = out.Marker; aws.ToString(out.Marker) == "" {
			return all, nil
		}
	}
}

// check says what is wrong with a list that is to have the one instance.
func check(all []types.DBInstance, target resource.Resource) error {
	instance := all[0]
	switch {
	case len(all) > 1:
		return fmt.Errorf("the answer has %d instances", len(all))
	case aws.ToString(instance.DbiResourceId) != target.ID:
		return fmt.Errorf("the answer is about %q", aws.ToString(instance.DbiResourceId))
	case aws.ToString(instance.DBInstanceIdentifier) == "":
		return errors.New("the answer has no identifier")
	case aws.ToString(instance.DBInstanceStatus) == "":
		return errors.New("the answer has no status")
	case aws.ToString(instance.DBInstanceStatus) == statusDeleting:
		return ErrGone
	}
	return nil
}

// modify makes a change of the instance. It refuses to where RDS would, and where a change that is to be immediate would
// take others along that somebody has left to the maintenance window. Its error means that nothing was changed, or that it
// is not known.
func (d dbInstances) modify(ctx context.Context, instance types.DBInstance, change rds.ModifyDBInstanceInput) error {
	name, status := *instance.DBInstanceIdentifier, *instance.DBInstanceStatus
	if status != statusAvailable && status != statusOptimizing {
		return fmt.Errorf("modifying DB instance %s: its status is %s, and RDS modifies instances that are available: "+
			"it is tried again with the next sweep", name, status)
	}
	if aws.ToBool(change.ApplyImmediately) && waiting(instance.PendingModifiedValues) {
		return fmt.Errorf("modifying DB instance %s: other modifications wait for its maintenance window, and would be made at once, too: "+
			"let them be made first, or change this by hand", name)
	}
	change.DBInstanceIdentifier = instance.DBInstanceIdentifier
	if _, err := d.client.ModifyDBInstance(ctx, &change); err != nil {
		return fmt.Errorf("modifying DB instance %s: %w", name, err)
	}
	return nil
}

// waiting says whether there are modifications that wait, other than of the backup retention, which this replaces.
func waiting(pending *types.PendingModifiedValues) bool {
	if pending == nil {
		return false
	}
	others := *pending
	others.BackupRetentionPeriod = nil
	return !reflect.DeepEqual(others, types.PendingModifiedValues{})
}

// clusterOf is the Multi-AZ DB cluster or the Aurora cluster that an instance is a member of, or "".
func clusterOf(instance types.DBInstance) string { return aws.ToString(instance.DBClusterIdentifier) }

// ownMembers says whether the members of the instance's cluster are modified one by one. Those of a Multi-AZ DB cluster
// are not: RDS modifies them with their cluster.
func ownMembers(instance types.DBInstance) bool {
	engine := aws.ToString(instance.Engine)
	return strings.HasPrefix(engine, "aurora") || engine == "neptune" || engine == "docdb"
}
