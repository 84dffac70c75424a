package remediation

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// KMSTags is what is called to read a key's tags.
type KMSTags interface {
	ListResourceTags(ctx context.Context, in *kms.ListResourceTagsInput, options ...func(*kms.Options)) (*kms.ListResourceTagsOutput, error)
}

// keyTags reads the tags of keys, whatever number of pages they take.
func keyTags(client KMSTags) func(ctx context.Context, key resource.Resource) (map[string]string, error) {
	return func(ctx context.Context, key resource.Resource) (map[string]string, error) {
		tags := map[string]string{}
		in := &kms.ListResourceTagsInput{KeyId: aws.String(key.ID)}
		for {
			out, err := client.ListResourceTags(ctx, in)
			if awserr.IsNoSuchKMSKey(err) {
				err = ErrGone
			}
			if err != nil {
				return nil, fmt.Errorf("reading the tags of key %s: %w", key.ID, err)
			}
			if out.Tags == nil || out.Truncated && aws.ToString(out.NextMarker) == "" {
				return nil, fmt.Errorf("reading the tags of key %s: the answer has no list of them, or not where it goes on", key.ID)
			}
			for _, tag := range out.Tags {
				tags[aws.ToString(tag.TagKey)] = aws.ToString(tag.TagValue)
			}
			if !out.Truncated {
				return tags, nil
			}
			in.Marker = out.NextMarker
		}
	}
}
