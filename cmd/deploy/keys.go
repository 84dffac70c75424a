package deploy

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/compliance-monitor/compliance-monitor/cmd/preflight"
)

// Keys lists and describes customer managed keys.
type Keys interface {
	kms.ListKeysAPIClient
	DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
}

// findKey is the id of a key in use with the description, other than the known ones; empty where there is none. A key
// has no name, and its description holds the deployment's prefix.
func findKey(ctx context.Context, keys Keys, description string, known []apitype.ResourceV3) (string, error) {
	pages := kms.NewListKeysPaginator(keys, &kms.ListKeysInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("listing the account's keys: %w", err)
		}
		for _, entry := range page.Keys {
			id := aws.ToString(entry.KeyId)
			if slices.ContainsFunc(known, func(r apitype.ResourceV3) bool { return string(r.ID) == id }) {
				continue
			}
			answer, err := keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: entry.KeyId})
			if err != nil {
				return "", fmt.Errorf("describing key %s: %w", id, err)
			}
			found := answer.KeyMetadata
			if aws.ToString(found.Description) == description && found.KeyState == types.KeyStateEnabled {
				return id, nil
			}
		}
	}
	return "", nil
}

// keyClient is a client for the target's AWS, with the credentials that Pulumi's plugins have.
func (t Target) keyClient(ctx context.Context) (Keys, error) {
	clients, err := preflight.NewClients(ctx, t.Env["AWS_ENDPOINT_URL"])
	return clients.Keys, err
}
