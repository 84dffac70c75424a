package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"

	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	"github.com/pulumi/pulumi/pkg/v3/resource/provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// server is the bridge's server with a schema that is generated when somebody asks. Deployments of Go programs never
// do, and should not wait for it at every start.
type server struct {
	pulumirpc.ResourceProviderServer
	schema func() ([]byte, error)
}

// newServer returns what starts a server for one engine.
func newServer(
	ctx context.Context, info tfbridge.ProviderInfo,
) func(*provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
	named := fmt.Appendf(nil, `{"name":%q,"version":%q}`, info.Name, info.Version)
	bridged := pfbridge.MakeMuxedServer(ctx, packageName, info, named)
	return func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		inner, err := bridged(host)
		if err != nil {
			return nil, fmt.Errorf("starting the bridged provider: %w", err)
		}
		schema := sync.OnceValues(func() ([]byte, error) { return generateSchema(info) })
		return &server{ResourceProviderServer: inner, schema: schema}, nil
	}
}

// GetSchema answers with the Pulumi schema of the mapped types.
func (s *server) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	schema, err := s.schema()
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetSchemaResponse{Schema: string(schema)}, nil
}

// generateSchema uses the generator that makes the schema, and from it the SDKs, of every bridged provider. It leaves
// out the documentation, which is not in the provider's Go module.
func generateSchema(info tfbridge.ProviderInfo) ([]byte, error) {
	info.IgnoreMappings = slices.Concat(typeNames(info.P.ResourcesMap()), typeNames(info.P.DataSourcesMap()))
	result, err := tfgen.GenerateSchemaWithOptions(tfgen.GenerateSchemaOptions{
		ProviderInfo:    info,
		DiagnosticsSink: diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never}),
		XInMemoryDocs:   true,
	})
	if err != nil {
		return nil, fmt.Errorf("generating the schema: %w", err)
	}
	schema, err := json.Marshal(result.PackageSpec)
	if err != nil {
		return nil, fmt.Errorf("encoding the schema: %w", err)
	}
	return schema, nil
}

// typeNames lists all of Terraform's types. The generator must be told to ignore those that have no mapping; where
// one has, the mapping wins.
func typeNames(types shim.ResourceMap) []string {
	var names []string
	types.Range(func(name string, _ shim.Resource) bool {
		names = append(names, name)
		return true
	})
	return names
}
