package live_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
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
	read   string        // how its state is read, as the gateway calls it
	state  func() string // what it is like, seen past the gateway and the remediation
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

func accessOf(client *s3.Client, bucket *string) (string, error) {
	out, err := client.GetPublicAccessBlock(context.Background(), &s3.GetPublicAccessBlockInput{Bucket: bucket})
	if err != nil {
		return "", err
	}
	found := out.PublicAccessBlockConfiguration
	return fmt.Sprint(*found.BlockPublicAcls, *found.IgnorePublicAcls, *found.BlockPublicPolicy, *found.RestrictPublicBuckets), nil
}

func versioningOf(client *s3.Client, bucket *string) (string, error) {
	out, err := client.GetBucketVersioning(context.Background(), &s3.GetBucketVersioningInput{Bucket: bucket})
	if err != nil {
		return "", err
	}
	return string(out.Status), nil
}

func policyOf(client *s3.Client, bucket *string) (string, error) {
	out, err := client.GetBucketPolicy(context.Background(), &s3.GetBucketPolicyInput{Bucket: bucket})
	if err != nil {
		return "", err
	}
	return *out.Policy, nil
}

func retentionOf(client *rds.Client) string {
	return fmt.Sprint(*instanceOf(client).BackupRetentionPeriod)
}

func publicityOf(client *rds.Client) string {
	return fmt.Sprint(*instanceOf(client).PubliclyAccessible)
}

func instanceOf(client *rds.Client) rdstypes.DBInstance {
	GinkgoHelper()
	out, err := client.DescribeDBInstances(context.Background(), &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("shop")})
	Expect(err).NotTo(HaveOccurred())
	Expect(out.DBInstances).To(HaveLen(1))
	return out.DBInstances[0]
}

// Statements of a bucket's policy: what somebody has put into it, and what is added.
const (
	theirs  = `{"Action":"s3:GetObject","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Resource":"arn:aws:s3:::BUCKET/*"}`
	without = `{"Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny","Principal":"*",` +
		`"Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"],"Sid":"DenyInsecureTransport"}`
)

// remedies are the remediations, each with a resource that it has something to do about, and with what is to be seen of
// the resource before and after. An empty undone is one without a way back.
var remedies = []TableEntry{
	Entry("blocking public access where it is not configured", remediation.S3PublicAccessBlock, func(a *account) subject {
		return a.bucket("publicAccessBlock", accessOf)
	}, "true true true true", "NoSuchPublicAccessBlockConfiguration"),
	Entry("blocking public access where some of it is", remediation.S3PublicAccessBlock, func(a *account) subject {
		_, err := a.direct().PutPublicAccessBlock(context.Background(), &s3.PutPublicAccessBlockInput{
			Bucket: aws.String(a.watched),
			PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
				BlockPublicAcls: aws.Bool(false), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(false), RestrictPublicBuckets: aws.Bool(false),
			},
		})
		Expect(err).NotTo(HaveOccurred())
		return a.bucket("publicAccessBlock", accessOf)
	}, "true true true true", "false true false false"),
	Entry("versioning where there never was any", remediation.S3Versioning, func(a *account) subject {
		return a.bucket("versioning", versioningOf)
	}, "Enabled", ""),
	Entry("versioning where it is suspended", remediation.S3Versioning, func(a *account) subject {
		_, err := a.direct().PutBucketVersioning(context.Background(), &s3.PutBucketVersioningInput{
			Bucket: aws.String(a.watched), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
		})
		Expect(err).NotTo(HaveOccurred())
		return a.bucket("versioning", versioningOf)
	}, "Enabled", "Suspended"),
	Entry("denying requests without TLS where there is no policy", remediation.S3TLSOnly, func(a *account) subject {
		return a.bucket("policy", policyOf)
	}, `{"Version":"2012-10-17","Statement":[`+without+`]}`, "NoSuchBucketPolicy"),
	Entry("denying requests without TLS where there is one", remediation.S3TLSOnly, func(a *account) subject {
		_, err := a.direct().PutBucketPolicy(context.Background(), &s3.PutBucketPolicyInput{
			Bucket: aws.String(a.watched), Policy: aws.String(`{"Statement": [` + named(theirs, a) + `], "Version": "2008-10-17"}`),
		})
		Expect(err).NotTo(HaveOccurred())
		return a.bucket("policy", policyOf)
	}, `{"Version":"2008-10-17","Statement":[`+theirs+`,`+without+`]}`, `{"Version":"2008-10-17","Statement":[`+theirs+`]}`),
	Entry("keeping backups", remediation.RDSBackupRetention, func(a *account) subject { return a.database(retentionOf) }, "7", "0"),
	Entry("closing a DB instance to the public", remediation.RDSPublicAccess, func(a *account) subject {
		return a.database(publicityOf)
	}, "false", "true"),
}

func named(text string, a *account) string { return strings.ReplaceAll(text, "BUCKET", a.watched) }

var _ = Describe("A remediation, over HTTP", func() {
	const pieces = 25 // at the end of each of which an answer is cut
	ctx := context.Background()
	remedyOf := func(a *account, name string) remediation.Remediation {
		clients := remediation.Clients{S3: awsclients.S3(settings(a.url)), RDS: awsclients.RDS(settings(a.url))}
		return remediation.All(clients, keyARN)[name]
	}

	DescribeTable("should fix the resource, find it fixed, and bring it back as it was",
		func(name string, prepare func(a *account) subject, fixed, undone string) {
			a := newAccount()
			it, fix := prepare(a), remedyOf(a, name)
			Expect(fix.Tags(ctx, it.target)).To(BeEmpty())
			before, err := fix.Read(ctx, it.target)
			Expect(err).NotTo(HaveOccurred())
			plan, err := fix.Plan(it.target, before, nil)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).NotTo(BeEmpty())
			Expect(fix.Write(ctx, it.target, plan.Before, plan.After)).To(Succeed())
			Expect(remediation.Verify(ctx, fix, it.target, plan.After)).To(Succeed())
			Expect(it.state()).To(Equal(named(fixed, a)))

			if undone == "" {
				Expect(fix.Write(ctx, it.target, plan.After, plan.Before)).To(MatchError(remediation.ErrIrreversible))
				Expect(it.state()).To(Equal(named(fixed, a)))
				return
			}
			Expect(fix.Write(ctx, it.target, plan.After, plan.Before)).To(Succeed())
			Expect(remediation.Verify(ctx, fix, it.target, before)).To(Succeed())
			Expect(it.state()).To(Equal(named(undone, a)))
		},
		remedies,
	)

	DescribeTable("should never read another state than there is, however the answer is broken",
		func(name string, prepare func(a *account) subject, _, _ string) {
			a := newAccount()
			it, fix := prepare(a), remedyOf(a, name)
			before, err := fix.Read(ctx, it.target)
			Expect(err).NotTo(HaveOccurred())
			size := a.size(it.read)
			Expect(size).To(BeNumerically(">", pieces))
			for _, how := range []breakage{refuse, fail, hangUp, hangAfter, cutOff, shorten} {
				for at := 0; at == 0 || how >= cutOff && at < size; at += max(1, size/pieces) {
					a.breaks(it.read, how, at)
					state, err := fix.Read(ctx, it.target)
					if err == nil {
						Expect(state).To(MatchJSON(before), "after %d bytes, breakage %d", at, how)
						continue
					}
					Expect(err).NotTo(MatchError(remediation.ErrGone), "after %d bytes, breakage %d", at, how)
				}
			}
		},
		remedies,
	)
})
