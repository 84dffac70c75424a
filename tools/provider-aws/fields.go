package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// fields are the overrides of one type's properties, by Terraform's name.
type fields = map[string]*tfbridge.SchemaInfo

// bucketFields keep as lists, at every depth, the settings that moved to resources of their own; the SDK marks them
// deprecated.
func bucketFields() fields {
	return fields{
		"lifecycle_rule": items(fields{
			"expiration":                    list(),
			"noncurrent_version_expiration": list(),
		}),
		"logging": list(),
		"object_lock_configuration": items(fields{
			"rule": listOf(fields{"default_retention": list()}),
		}),
		"replication_configuration": listOf(fields{
			"rules": items(fields{
				"destination": listOf(fields{
					"access_control_translation": list(),
					"metrics":                    list(),
					"replication_time":           list(),
				}),
				"filter":                    list(),
				"source_selection_criteria": listOf(fields{"sse_kms_encrypted_objects": list()}),
			}),
		}),
		"server_side_encryption_configuration": listOf(fields{
			"rule": listOf(fields{"apply_server_side_encryption_by_default": list()}),
		}),
		"versioning": list(),
		"website":    list(),
	}
}

// lifecycleFields are numbers that Terraform writes as text, to tell 0 from absent.
func lifecycleFields() fields {
	return fields{"rule": items(fields{
		"filter": items(fields{
			"object_size_greater_than": integer(),
			"object_size_less_than":    integer(),
		}),
		"noncurrent_version_expiration": items(fields{"newer_noncurrent_versions": integer()}),
		"noncurrent_version_transition": items(fields{"newer_noncurrent_versions": integer()}),
	})}
}

func functionFields() fields {
	return fields{
		"function_name": named("name"),
		"filename":      archive("code"),
		"architectures": list(),
	}
}

func named(name string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: name}
}

// list keeps a list of at most one item a list, where the bridge would make it a single value.
func list() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{MaxItemsOne: tfbridge.False()}
}

// listOf is a list whose items have overrides.
func listOf(overrides fields) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{MaxItemsOne: tfbridge.False(), Elem: &tfbridge.SchemaInfo{Fields: overrides}}
}

// single makes a list a single value.
func single() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{MaxItemsOne: tfbridge.True()}
}

// items overrides properties of a list's items.
func items(overrides fields) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Elem: &tfbridge.SchemaInfo{Fields: overrides}}
}

func integer() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Type: "integer"}
}

// computed is an output that programs can't set.
func computed() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{MarkAsComputedOnly: tfbridge.True(), MarkAsOptional: tfbridge.False()}
}

// jsonDocument accepts a JSON document as text or as a value.
func jsonDocument() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Transform: tfbridge.TransformJSONDocument}
}

// asset is a property that Terraform reads from a file path, and Pulumi from an asset.
func asset() *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Asset: &tfbridge.AssetTranslation{Kind: tfbridge.FileAsset}}
}

// archive is a zip file that Terraform reads from a file path, and Pulumi from an archive.
func archive(name string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: name, Asset: &tfbridge.AssetTranslation{Kind: tfbridge.FileArchive}}
}
