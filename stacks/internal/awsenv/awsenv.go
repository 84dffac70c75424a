// Package awsenv makes the one AWS provider of a layer, with the tags that every resource carries, and names things.
package awsenv

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Partition is the AWS partition of the only region that the monitor is deployed to.
const Partition = "aws"

// Env is where a layer is deployed to.
type Env struct {
	Prefix    string // what every resource name starts with
	AccountID string
	Region    string
	provider  *aws.Provider
}

// Account is which account to deploy to, and how to reach it.
type Account struct {
	ID     string // 12 digits; the provider refuses credentials of another account; empty: any
	Region string
	Local  bool // a local stand-in for AWS on AWS_ENDPOINT_URL, with made-up credentials that AWS itself refuses
}

// BaseTags are the tags that every resource of a deployment carries; each resource adds its Purpose.
func BaseTags(project, environment string, extra map[string]string) map[string]string {
	tags := maps.Clone(extra)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[names.TagProject] = project
	tags[names.TagEnvironment] = environment
	tags[names.TagManagedBy] = names.ManagedBy
	return tags
}

// NewProvider makes the layer's provider; tags are the default tags of every resource made with it.
func NewProvider(ctx *pulumi.Context, account Account, tags map[string]string) (*aws.Provider, error) {
	args := &aws.ProviderArgs{
		Region:      pulumi.String(account.Region),
		DefaultTags: aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(tags)},
	}
	if account.ID != "" {
		args.AllowedAccountIds = pulumi.ToStringArray([]string{account.ID})
	}
	if account.Local {
		args.AccessKey = pulumi.String("localcloud")
		args.SecretKey = pulumi.String("localcloud")
		args.SkipCredentialsValidation = pulumi.Bool(true)
		args.SkipMetadataApiCheck = pulumi.Bool(true)
		args.S3UsePathStyle = pulumi.Bool(true)
	}
	provider, err := aws.NewProvider(ctx, "aws", args)
	if err != nil {
		return nil, fmt.Errorf("configuring the AWS provider: %w", err)
	}
	return provider, nil
}

// New is the environment of a layer whose account is known.
func New(prefix, accountID, region string, provider *aws.Provider) *Env {
	return &Env{Prefix: prefix, AccountID: accountID, Region: region, provider: provider}
}

// Name is the full name of the resource called short.
func (e *Env) Name(short string) string {
	return names.Resource(e.Prefix, short)
}

// ARN is the ARN of a regional resource.
func (e *Env) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", Partition, service, e.Region, e.AccountID, resource)
}

// GlobalARN is the ARN of a resource that belongs to no region, such as a role.
func (e *Env) GlobalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", Partition, service, e.AccountID, resource)
}

// Tags are what a resource adds to the provider's default tags.
func (e *Env) Tags(purpose string) pulumi.StringMap {
	return pulumi.StringMap{names.TagPurpose: pulumi.String(purpose)}
}

// Options are the options of every resource of the layer: the explicit provider, then the given ones.
func (e *Env) Options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Provider(e.provider)}, more...)
}
