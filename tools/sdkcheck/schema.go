package sdkcheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Schema is the part of a Pulumi package schema that says what its properties are called and hold.
type Schema struct {
	Types     map[string]objectSpec   `json:"types"`
	Provider  resourceSpec            `json:"provider"`
	Resources map[string]resourceSpec `json:"resources"`
	Functions map[string]functionSpec `json:"functions"`
}

type resourceSpec struct {
	Inputs  map[string]typeSpec `json:"inputProperties"`
	Outputs map[string]typeSpec `json:"properties"`
	State   objectSpec          `json:"stateInputs"`
}

type functionSpec struct {
	Inputs  objectSpec `json:"inputs"`
	Outputs objectSpec `json:"outputs"`
}

type objectSpec struct {
	Type       string              `json:"type"`
	Properties map[string]typeSpec `json:"properties"`
}

type typeSpec struct {
	Type                 string     `json:"type"`
	Ref                  string     `json:"$ref"`
	Items                *typeSpec  `json:"items"`
	AdditionalProperties *typeSpec  `json:"additionalProperties"`
	OneOf                []typeSpec `json:"oneOf"`
}

// ParseSchema reads a package schema as the plugin's GetSchema answers it.
func ParseSchema(data []byte) (Schema, error) {
	var schema Schema
	if err := json.Unmarshal(data, &schema); err != nil {
		return Schema{}, fmt.Errorf("parsing the provider's schema: %w", err)
	}
	if len(schema.Resources) == 0 {
		return Schema{}, errors.New("parsing the provider's schema: it has no resources; " +
			"ask the plugin with `pulumi package get-schema`")
	}
	return schema, nil
}

// ResourceTokens lists the resource types, such as "aws:cfg/rule:Rule", in order.
func (s Schema) ResourceTokens() []string { return slices.Sorted(maps.Keys(s.Resources)) }

// FunctionTokens lists the functions, such as "aws:index/getRegion:getRegion", in order.
func (s Schema) FunctionTokens() []string { return slices.Sorted(maps.Keys(s.Functions)) }

const (
	localRef   = "#/types/"
	assetRef   = "pulumi.json#/Asset"
	archiveRef = "pulumi.json#/Archive"
)

func (s Schema) object(properties map[string]typeSpec) (Shape, error) {
	object := Shape{Kind: ObjectKind, Fields: map[string]Shape{}}
	for name, property := range properties {
		shape, err := s.shape(property)
		if err != nil {
			return Shape{}, fmt.Errorf("property %s: %w", name, err)
		}
		object.Fields[name] = shape
	}
	return object, nil
}

func (s Schema) shape(spec typeSpec) (Shape, error) {
	switch {
	case len(spec.OneOf) > 0:
		return Shape{Kind: AnyKind}, nil
	case spec.Ref != "":
		return s.reference(spec.Ref)
	case spec.Items != nil:
		return s.container(ArrayKind, *spec.Items)
	case spec.AdditionalProperties != nil:
		return s.container(MapKind, *spec.AdditionalProperties)
	}
	switch kind := Kind(spec.Type); kind {
	case StringKind, BooleanKind, IntegerKind, NumberKind:
		return Shape{Kind: kind}, nil
	default:
		return Shape{}, fmt.Errorf("the schema's type %q is unknown here; add it to sdkcheck", spec.Type)
	}
}

func (s Schema) container(kind Kind, elem typeSpec) (Shape, error) {
	shape, err := s.shape(elem)
	if err != nil {
		return Shape{}, err
	}
	return Shape{Kind: kind, Elem: &shape}, nil
}

func (s Schema) reference(ref string) (Shape, error) {
	switch ref {
	case assetRef:
		return Shape{Kind: AssetKind}, nil
	case archiveRef:
		return Shape{Kind: ArchiveKind}, nil
	}
	token, isLocal := strings.CutPrefix(ref, localRef)
	object, known := s.Types[token]
	if !isLocal || !known {
		return Shape{}, fmt.Errorf("the schema's reference %q leads nowhere", ref)
	}
	if object.Type != string(ObjectKind) {
		return Shape{Kind: Kind(object.Type)}, nil
	}
	return s.object(object.Properties)
}
