package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-provider-aws/xpprovider"
	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/x/muxer"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
)

const (
	packageName = "aws"
	// version is the version of the pulumi-aws SDK whose names and shapes this provider speaks. The stacks require
	// the same one, and the engine looks the plugin up by it.
	version = "6.83.2"
	// dispatchKey is where the bridge's muxer looks for the table that says which half serves which type.
	dispatchKey = "mux"
	// autonameLength bounds the names that the bridge invents; our stacks name everything themselves.
	autonameLength = 255
)

// newProviderInfo joins the two halves of the Terraform AWS provider (SDKv2 and plugin framework) and maps them to
// pulumi-aws. It fails when a mapped type exists in neither half.
func newProviderInfo(ctx context.Context) (tfbridge.ProviderInfo, error) {
	framework, sdk, err := xpprovider.GetProvider(ctx)
	if err != nil {
		return tfbridge.ProviderInfo{}, fmt.Errorf("creating the Terraform AWS provider: %w", err)
	}
	info := tfbridge.ProviderInfo{
		P:            pfbridge.MuxShimWithPF(ctx, shimv2.NewProvider(sdk), framework),
		Name:         packageName,
		Version:      version,
		Config:       configuration(),
		Resources:    resources(),
		DataSources:  dataSources(),
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		// The SDKv2 half validates the same configuration.
		SkipValidateProviderConfigForPluginFramework: true,
	}
	computeTagsAll(info.Resources, info.P.ResourcesMap())
	info.SetAutonaming(autonameLength, "-")
	if err := setDispatch(&info); err != nil {
		return tfbridge.ProviderInfo{}, err
	}
	return info, nil
}

// dispatcher is what the bridge's joined provider can do beyond its public interface.
type dispatcher interface {
	shim.Provider
	ResolveDispatch(info *tfbridge.ProviderInfo) (muxer.DispatchTable, error)
}

func setDispatch(info *tfbridge.ProviderInfo) error {
	joined, ok := info.P.(dispatcher)
	if !ok {
		return fmt.Errorf("resolving which half serves which type: %T can't tell; the bridge's version does not fit", info.P)
	}
	table, err := joined.ResolveDispatch(info)
	if err != nil {
		return fmt.Errorf("resolving which half serves which type: %w", err)
	}
	if err := metadata.Set(info.GetMetadata(), dispatchKey, table); err != nil {
		return fmt.Errorf("storing which half serves which type: %w", err)
	}
	return nil
}
