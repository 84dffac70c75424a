package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// configuration holds pulumi-aws's overrides of the provider's own arguments. The region comes from the environment
// where the program gives none, as with the official plugin.
func configuration() fields {
	return fields{
		"region": {
			Default: &tfbridge.DefaultInfo{EnvVars: []string{"AWS_REGION", "AWS_DEFAULT_REGION"}},
		},
		"assume_role":                 single(),
		"skip_metadata_api_check":     {Type: "boolean"},
		"skip_region_validation":      {Default: &tfbridge.DefaultInfo{Value: true}},
		"skip_credentials_validation": {Default: &tfbridge.DefaultInfo{Value: false}},
	}
}
