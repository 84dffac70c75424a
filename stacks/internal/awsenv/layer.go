package awsenv

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// ForLayer is the environment of a layer on top of the foundation: its account, prefix and tags.
func ForLayer(ctx *pulumi.Context, foundation outputs.FoundationValues) (*Env, error) {
	account := Account{ID: foundation.AccountID, Region: foundation.Region, Local: foundation.Local == "true"}
	provider, err := NewProvider(ctx, account, foundation.Tags)
	if err != nil {
		return nil, err
	}
	return New(foundation.Prefix, foundation.AccountID, foundation.Region, provider), nil
}
