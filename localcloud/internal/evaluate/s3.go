package evaluate

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// buckets are those of the account's region; S3 lists them all.
var buckets = kind[string]{name: "AWS::S3::Bucket", list: listBuckets, id: func(name string) string { return name }}

var s3Rules = map[string][]check{
	"S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED": {probe(buckets, bucketEncrypted)},
	"S3_DEFAULT_ENCRYPTION_KMS":                {probe(buckets, bucketEncryptedWithKMS)},
	"S3_BUCKET_VERSIONING_ENABLED":             {probe(buckets, bucketVersioned)},
	"S3_BUCKET_LOGGING_ENABLED":                {probe(buckets, bucketLogged)},
	"S3_BUCKET_SSL_REQUESTS_ONLY":              {probe(buckets, bucketTLSOnly)},
}

func listBuckets(ctx context.Context, account *Account, id string) ([]string, error) {
	names := []string{id}
	if id == "" {
		var out struct {
			Names []string `xml:"Buckets>Bucket>Name"`
		}
		if err := account.get(ctx, "s3", "/", &out); err != nil {
			return nil, err
		}
		names = out.Names
	}
	var here []string
	for _, name := range names {
		region, err := account.bucketRegion(ctx, name)
		if err != nil {
			return nil, err
		}
		if region == account.region {
			here = append(here, name)
		}
	}
	return here, nil
}

// bucketRegion is the region of a bucket, and empty for one that does not exist.
func (a *Account) bucketRegion(ctx context.Context, name string) (string, error) {
	return once(a, "s3 region of "+name, func() (string, error) {
		caller := relay.Caller{Service: "s3", Region: a.region}
		answer, err := relay.Ask(ctx, a.aws, caller, http.MethodHead, "/"+url.PathEscape(name), "", nil)
		if err != nil || answer.Status == http.StatusNotFound {
			return "", err
		}
		return answer.Header.Get("X-Amz-Bucket-Region"), nil
	})
}

// bucketSetting reads one of a bucket's settings; a bucket without it has the zero value. S3 answers the absence of
// some with an error whose code is given.
func bucketSetting[T any](ctx context.Context, account *Account, bucket, setting, absent string) (T, error) {
	return once(account, "s3 "+setting+" of "+bucket, func() (T, error) {
		var value T
		err := account.get(ctx, "s3", "/"+url.PathEscape(bucket)+"?"+setting, &value)
		if err != nil && errorCode(err) == absent {
			err = nil
		}
		return value, err
	})
}

// bucketEncryption is a bucket's default encryption.
type bucketEncryption struct {
	Algorithm string `xml:"Rule>ApplyServerSideEncryptionByDefault>SSEAlgorithm"`
	Key       string `xml:"Rule>ApplyServerSideEncryptionByDefault>KMSMasterKeyID"`
}

func readEncryption(ctx context.Context, account *Account, bucket string) (bucketEncryption, error) {
	return bucketSetting[bucketEncryption](ctx, account, bucket, "encryption", "ServerSideEncryptionConfigurationNotFoundError")
}

// bucketEncrypted wants a default encryption, or a policy that refuses what is put without encryption. On AWS each
// bucket has SSE-S3 by itself since 2023; here one to which nobody gave an encryption has none, so that there is
// something to find.
func bucketEncrypted(ctx context.Context, account *Account, bucket string, _ *parameters) (Outcome, error) {
	encryption, err := readEncryption(ctx, account, bucket)
	if err != nil || encryption.Algorithm != "" {
		return require(true, ""), err
	}
	document, err := account.bucketPolicy(ctx, bucket)
	return require(refusesUnencrypted(document), "The bucket has no default encryption."), err
}

// refusesUnencrypted says whether a policy denies everybody to put objects without encryption.
func refusesUnencrypted(document *policy.Document) bool {
	return document != nil && slices.ContainsFunc(document.Statements, func(statement policy.Statement) bool {
		return statement.Effect == policy.Deny && statement.Principals != nil && statement.Principals.Everyone &&
			slices.ContainsFunc(statement.Actions, func(action string) bool { return policy.ActionFits(action, "s3:PutObject") }) &&
			slices.ContainsFunc(statement.Conditions, func(condition policy.Condition) bool {
				return strings.EqualFold(condition.Key, "s3:x-amz-server-side-encryption")
			})
	})
}

func bucketEncryptedWithKMS(ctx context.Context, account *Account, bucket string, given *parameters) (Outcome, error) {
	encryption, err := readEncryption(ctx, account, bucket)
	if err != nil {
		return Outcome{}, err
	}
	return decideKMS(encryption, given), nil
}

func decideKMS(encryption bucketEncryption, given *parameters) Outcome {
	if !strings.HasPrefix(encryption.Algorithm, "aws:kms") {
		return require(false, "The bucket is not encrypted with a KMS key by default.")
	}
	allowed := given.list("kmsKeyArns")
	return require(len(allowed) == 0 || slices.Contains(allowed, encryption.Key),
		"The bucket is encrypted with the key %s, which kmsKeyArns does not list.", encryption.Key)
}

func bucketVersioned(ctx context.Context, account *Account, bucket string, given *parameters) (Outcome, error) {
	type versioning struct{ Status, MFADelete string }
	set, err := bucketSetting[versioning](ctx, account, bucket, "versioning", "")
	if err != nil {
		return Outcome{}, err
	}
	if set.Status == "Enabled" && given.flag("isMfaDeleteEnabled", false) {
		return require(set.MFADelete == "Enabled", "MFA delete is not enabled for the bucket."), nil
	}
	return require(set.Status == "Enabled", "Versioning is not enabled for the bucket."), nil
}

func bucketLogged(ctx context.Context, account *Account, bucket string, given *parameters) (Outcome, error) {
	type logging struct {
		Target string `xml:"LoggingEnabled>TargetBucket"`
		Prefix string `xml:"LoggingEnabled>TargetPrefix"`
	}
	set, err := bucketSetting[logging](ctx, account, bucket, "logging", "")
	if err != nil {
		return Outcome{}, err
	}
	target, prefix := given.text("targetBucket"), given.text("targetPrefix")
	switch {
	case set.Target == "":
		return require(false, "The bucket's access is not logged."), nil
	case target != "" && set.Target != target:
		return require(false, "The bucket's access is logged to %s, not to %s.", set.Target, target), nil
	}
	return require(prefix == "" || set.Prefix == prefix, "The bucket's access is logged under %q, not under %q.", set.Prefix, prefix), nil
}

// bucketPolicy is a bucket's policy, or nil where it has none.
func (a *Account) bucketPolicy(ctx context.Context, bucket string) (*policy.Document, error) {
	return once(a, "s3 policy of "+bucket, func() (*policy.Document, error) {
		path := "/" + url.PathEscape(bucket) + "?policy"
		answer, err := relay.Ask(ctx, a.aws, relay.Caller{Service: "s3", Region: a.region}, http.MethodGet, path, "", nil)
		if err != nil {
			return nil, err
		}
		if !answer.OK() {
			if err = serviceError(answer); errorCode(err) == "NoSuchBucketPolicy" {
				err = nil
			}
			return nil, err
		}
		return policy.Parse(answer.Body)
	})
}

func bucketTLSOnly(ctx context.Context, account *Account, bucket string, _ *parameters) (Outcome, error) {
	document, err := account.bucketPolicy(ctx, bucket)
	if err != nil {
		return Outcome{}, err
	}
	return require(tlsOnly(document, bucket), "The bucket's policy does not deny requests without TLS."), nil
}

// tlsOnly says whether a policy denies whoever comes without TLS to read, write and list.
func tlsOnly(document *policy.Document, bucket string) bool {
	if document == nil {
		return false
	}
	keys := policy.Keys{}
	keys.Set("aws:SecureTransport", "false")
	arn := "arn:aws:s3:::" + bucket
	for action, resource := range map[string]string{"s3:GetObject": arn + "/any", "s3:PutObject": arn + "/any", "s3:ListBucket": arn} {
		for _, principal := range []policy.Principal{{}, {ARN: "arn:aws:iam::" + AccountID + ":user/any", Account: AccountID}} {
			request := policy.Request{Action: action, Resource: resource, Principal: principal, Keys: keys}
			if document.Decide(request).Effect != policy.Deny {
				return false
			}
		}
	}
	return true
}
