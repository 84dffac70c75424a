package live_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awsclients"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

const liveAccount = "123456789012"

// subject is a resource that a remediation is tried on.
type subject struct {
	target resource.Resource
	read   string                      // how its state is read, as the gateway calls it
	state  func() string               // what it is like, seen past the gateway and the remediation
	others func(state string) []string // what must not have changed is in these
}

// bucket is a new bucket whose state is read with a query.
func (a *account) bucket(query string, state func(client *s3.Client, bucket *string) (string, error)) subject {
	return subject{
		target: resource.Resource{Type: "AWS::S3::Bucket", ID: a.watched, Account: liveAccount, Region: names.Region},
		read:   "GET /" + a.watched + "?" + query,
		state: func() string {
			GinkgoHelper()
			found, err := state(a.direct(), aws.String(a.watched))
			if code := awserr.Code(err); code != "" {
				return code
			}
			Expect(err).NotTo(HaveOccurred())
			return found
		},
	}
}

// database is a new DB instance, public and without backups. Moto gives all of them the same resource id.
func (a *account) database(state func(client *rds.Client) string) subject {
	client := awsclients.RDS(settings(motoURL))
	created, err := client.CreateDBInstance(context.Background(), &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("shop"), DBInstanceClass: aws.String("db.t3.micro"), Engine: aws.String("postgres"),
		AllocatedStorage: aws.Int32(20), MasterUsername: aws.String("ann"), MasterUserPassword: aws.String("not-a-secret"),
		BackupRetentionPeriod: aws.Int32(0), PubliclyAccessible: aws.Bool(true),
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error {
		_, err := client.DeleteDBInstance(context.Background(), &rds.DeleteDBInstanceInput{
			DBInstanceIdentifier: aws.String("shop"), SkipFinalSnapshot: aws.Bool(true),
		})
		return err
	})
	return subject{
		target: resource.Resource{
			Type: "AWS::RDS::DBInstance", ID: *created.DBInstance.DbiResourceId, Account: liveAccount, Region: names.Region,
		},
		read: "DescribeDBInstances", state: func() string { return state(client) },
	}
}
