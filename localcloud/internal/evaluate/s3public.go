package evaluate

import (
	"context"
	"encoding/xml"
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

var s3PublicRules = map[string][]check{
	"S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED":       {probe(buckets, bucketBlocksPublic)},
	"S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC": whole(accountBlocksPublic),
	"S3_BUCKET_PUBLIC_READ_PROHIBITED":               {probe(buckets, bucketClosed("read", publicReads, "READ", "READ_ACP"))},
	"S3_BUCKET_PUBLIC_WRITE_PROHIBITED":              {probe(buckets, bucketClosed("write", publicWrites, "WRITE", "WRITE_ACP"))},
}

// What a policy that lets the public read, or write, allows at least one of.
var (
	publicReads  = []string{"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAcl", "s3:GetBucketAcl", "s3:ListBucket", "s3:ListBucketVersions"}
	publicWrites = []string{"s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:DeleteBucket"}
)

// publicAccessBlock is a bucket's, or the account's.
type publicAccessBlock struct {
	BlockPublicAcls       bool
	IgnorePublicAcls      bool
	BlockPublicPolicy     bool
	RestrictPublicBuckets bool
}

func (b publicAccessBlock) complete() bool {
	return b.BlockPublicAcls && b.IgnorePublicAcls && b.BlockPublicPolicy && b.RestrictPublicBuckets
}

func readBlock(ctx context.Context, account *Account, bucket string) (publicAccessBlock, error) {
	return bucketSetting[publicAccessBlock](ctx, account, bucket, "publicAccessBlock", "NoSuchPublicAccessBlockConfiguration")
}

func bucketBlocksPublic(ctx context.Context, account *Account, bucket string, given *parameters) (Outcome, error) {
	if slices.Contains(given.list("excludedPublicBuckets"), bucket) {
		return require(true, ""), nil
	}
	block, err := readBlock(ctx, account, bucket)
	return require(block.complete(), "The bucket does not block all public access."), err
}

// accountBlock is the account's own block.
func (a *Account) accountBlock(ctx context.Context) (publicAccessBlock, error) {
	return once(a, "s3 account block", func() (publicAccessBlock, error) {
		var block publicAccessBlock
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/v20180820/configuration/publicAccessBlock", nil)
		if err != nil {
			return block, err
		}
		request.Header.Set("X-Amz-Account-Id", AccountID)
		answer := relay.Do(a.aws, relay.Caller{Service: "s3", Region: a.region}, request)
		if answer.Status == http.StatusNotFound {
			return block, nil
		}
		if !answer.OK() {
			return block, serviceError(answer)
		}
		return block, xml.Unmarshal(answer.Body, &block)
	})
}

func accountBlocksPublic(ctx context.Context, account *Account, given *parameters) (Outcome, error) {
	block, err := account.accountBlock(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return decideAccountBlock(block, given), nil
}

// decideAccountBlock compares the four settings with what the parameters want, which is true unless they say otherwise.
func decideAccountBlock(block publicAccessBlock, given *parameters) Outcome {
	for name, set := range map[string]bool{
		"BlockPublicAcls": block.BlockPublicAcls, "IgnorePublicAcls": block.IgnorePublicAcls,
		"BlockPublicPolicy": block.BlockPublicPolicy, "RestrictPublicBuckets": block.RestrictPublicBuckets,
	} {
		if set != given.flag(name, true) {
			return require(false, "The account's block of public access is not as the rule's parameters want it.")
		}
	}
	return require(true, "")
}

// bucketACL is what of an access control list matters: to whom it grants what.
type bucketACL struct {
	Grants []struct {
		Group      string `xml:"Grantee>URI"`
		Permission string
	} `xml:"AccessControlList>Grant"`
}

// publicGroups are everybody, and everybody with any AWS account.
var publicGroups = []string{
	"http://acs.amazonaws.com/groups/global/AllUsers",
	"http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
}

// grants says whether the list gives the public one of some permissions, or all.
func (l bucketACL) grants(permissions []string) bool {
	for _, grant := range l.Grants {
		if slices.Contains(publicGroups, grant.Group) &&
			(grant.Permission == "FULL_CONTROL" || slices.Contains(permissions, grant.Permission)) {
			return true
		}
	}
	return false
}

// bucketClosed wants that neither policy nor access control list lets the public in, or that a block of public access,
// of the bucket or the account, keeps them from having an effect.
func bucketClosed(what string, actions []string, permissions ...string) func(context.Context, *Account, string, *parameters) (Outcome, error) {
	return func(ctx context.Context, account *Account, bucket string, _ *parameters) (Outcome, error) {
		own, err := readBlock(ctx, account, bucket)
		if err != nil {
			return Outcome{}, err
		}
		of, err := account.accountBlock(ctx)
		if err != nil {
			return Outcome{}, err
		}
		list, err := bucketSetting[bucketACL](ctx, account, bucket, "acl", "")
		if err != nil {
			return Outcome{}, err
		}
		document, err := account.bucketPolicy(ctx, bucket)
		if err != nil {
			return Outcome{}, err
		}
		switch {
		case !own.IgnorePublicAcls && !of.IgnorePublicAcls && list.grants(permissions):
			return require(false, "The bucket's access control list lets the public %s.", what), nil
		case !own.RestrictPublicBuckets && !of.RestrictPublicBuckets && allowsPublic(document, actions):
			return require(false, "The bucket's policy lets the public %s.", what), nil
		}
		return require(true, ""), nil
	}
}

// allowsPublic says whether a policy lets the public do one of some actions.
func allowsPublic(document *policy.Document, actions []string) bool {
	return document != nil && slices.ContainsFunc(document.Statements, func(statement policy.Statement) bool {
		return statement.Public() && slices.ContainsFunc(actions, func(action string) bool {
			matches := func(pattern string) bool { return policy.ActionFits(pattern, action) }
			if statement.NotActions != nil {
				return !slices.ContainsFunc(statement.NotActions, matches)
			}
			return slices.ContainsFunc(statement.Actions, matches)
		})
	})
}
