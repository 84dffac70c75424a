// Package sdkcheck compares the schema of an AWS provider plugin with the Go SDK that programs are written against.
// A plugin that calls a property something else, or holds a list where the SDK has a single value, loses that
// property silently at run time; here it is a difference with a path.
package sdkcheck

import (
	"maps"
	"slices"
)

// Kind says what a property holds.
type Kind string

// The kinds of values in a Pulumi schema. AnyKind is a union, which the Go SDK writes as interface{}.
const (
	StringKind  Kind = "string"
	BooleanKind Kind = "boolean"
	IntegerKind Kind = "integer"
	NumberKind  Kind = "number"
	ArrayKind   Kind = "array"
	MapKind     Kind = "map"
	ObjectKind  Kind = "object"
	AssetKind   Kind = "asset"
	ArchiveKind Kind = "archive"
	AnyKind     Kind = "any"
)

// Shape is the kind of a value, the shape of its elements if it is an array or a map, and of its fields if it is an
// object.
type Shape struct {
	Kind   Kind
	Elem   *Shape
	Fields map[string]Shape
}

// String names a shape, with its elements but without its fields.
func (s Shape) String() string {
	if s.Elem != nil {
		return string(s.Kind) + " of " + s.Elem.String()
	}
	return string(s.Kind)
}

// Absent stands in a Difference for the side that has no such property.
const Absent = "absent"

// Difference is one property on which the plugin and the SDK disagree.
type Difference struct {
	Path     string // such as "aws:cfg/rule:Rule inputs.scope.complianceResourceTypes"
	Provider string // the plugin's shape, or Absent
	SDK      string // the SDK's shape, or Absent
}

// String says who has what.
func (d Difference) String() string {
	return d.Path + ": the provider has " + d.Provider + ", the SDK " + d.SDK
}

// Compare lists every property below path, recursively, that only one side has or that they shape differently.
func Compare(path string, provider, sdk Shape) []Difference {
	if !compatible(provider, sdk) {
		return []Difference{{Path: path, Provider: provider.String(), SDK: sdk.String()}}
	}
	if provider.Elem != nil && sdk.Elem != nil {
		return Compare(path+"[]", *provider.Elem, *sdk.Elem)
	}
	return compareFields(path, provider.Fields, sdk.Fields)
}

func compareFields(path string, provider, sdk map[string]Shape) []Difference {
	names := map[string]bool{}
	for name := range provider {
		names[name] = true
	}
	for name := range sdk {
		names[name] = true
	}
	var found []Difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		field := path + "." + name
		ours, inProvider := provider[name]
		theirs, inSDK := sdk[name]
		switch {
		case !inProvider:
			found = append(found, Difference{Path: field, Provider: Absent, SDK: theirs.String()})
		case !inSDK:
			found = append(found, Difference{Path: field, Provider: ours.String(), SDK: Absent})
		default:
			found = append(found, Compare(field, ours, theirs)...)
		}
	}
	return found
}

// compatible says whether a value of one shape may be sent as the other. The SDK takes a union (a policy as text or
// as a document, a name or a resource) where the plugin's schema has the text alone.
func compatible(provider, sdk Shape) bool {
	if sdk.Kind == AnyKind {
		return provider.Kind == AnyKind || provider.Kind == StringKind
	}
	return provider.Kind == sdk.Kind
}
