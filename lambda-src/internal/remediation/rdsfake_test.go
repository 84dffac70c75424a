package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

const resourceID = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"

var shop = resource.Resource{Type: "AWS::RDS::DBInstance", ID: resourceID, Account: account, Region: "us-east-1"}

// fakeRDS answers with pages of instances, and modifies the first instance of the first page that has one.
type fakeRDS struct {
	pages    [][]types.DBInstance // a page may be empty
	asked    []rds.DescribeDBInstancesInput
	changes  []rds.ModifyDBInstanceInput
	readErr  error
	writeErr error
}

// instance is the one that is modified.
func (f *fakeRDS) instance() *types.DBInstance {
	for _, page := range f.pages {
		for i := range page {
			return &page[i]
		}
	}
	return nil
}

func (f *fakeRDS) DescribeDBInstances(
	_ context.Context, in *rds.DescribeDBInstancesInput, _ ...func(*rds.Options),
) (*rds.DescribeDBInstancesOutput, error) {
	f.asked = append(f.asked, *in)
	if f.readErr != nil {
		return nil, f.readErr
	}
	page := len(aws.ToString(in.Marker))
	out := &rds.DescribeDBInstancesOutput{DBInstances: f.pages[page]}
	if page+1 < len(f.pages) {
		out.Marker = aws.String(aws.ToString(in.Marker) + "+")
	}
	return out, nil
}

func (f *fakeRDS) ModifyDBInstance(
	_ context.Context, in *rds.ModifyDBInstanceInput, _ ...func(*rds.Options),
) (*rds.ModifyDBInstanceOutput, error) {
	if f.writeErr != nil {
		return nil, f.writeErr
	}
	f.changes = append(f.changes, *in)
	if instance := f.instance(); in.BackupRetentionPeriod != nil {
		instance.PendingModifiedValues = &types.PendingModifiedValues{BackupRetentionPeriod: in.BackupRetentionPeriod}
	} else {
		instance.PubliclyAccessible = in.PubliclyAccessible
	}
	return &rds.ModifyDBInstanceOutput{}, nil
}

// database is an instance that is available, keeps no backups and is public.
func database() types.DBInstance {
	return types.DBInstance{
		DbiResourceId: aws.String(resourceID), DBInstanceIdentifier: aws.String("shop"), DBInstanceStatus: aws.String("available"),
		Engine: aws.String("postgres"), BackupRetentionPeriod: aws.Int32(0), PubliclyAccessible: aws.Bool(true),
		TagList: []types.Tag{{Key: aws.String("Team"), Value: aws.String("shop")}, {Key: aws.String("Empty")}},
	}
}
