// Package outputs holds the values that layers hand to each other and to people: one struct a layer, with its Export
// and its Read. It is the only way from one layer to another, so a renamed output is a compile error.
package outputs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Names of the layers, which are also the names of their folders, in the order in which they are deployed.
const (
	LayerFoundation    = "foundation"
	LayerConfigRules   = "config-rules"
	LayerFunctions     = "functions"
	LayerObservability = "observability"
)

// Project is the Pulumi project of a layer.
func Project(layer string) string {
	return "compliance-monitor-" + layer
}

// Description says what an output is, to people.
type Description struct {
	Key  string // as Pulumi has it
	Text string
}

// A layer's struct is generic in how a text (S) and a map of texts (M) are held: as outputs of Pulumi while the layer is
// deployed, as plain Go values when a later layer reads it.
type (
	text  = pulumi.StringOutput
	texts = pulumi.StringMapOutput
)

// field ties one member of a layer's struct to its key and description. One of text and texts is set.
type field[S, M any] struct {
	key, description string
	text             *S
	texts            *M
}

func describe[S, M any](fields []field[S, M]) []Description {
	descriptions := make([]Description, 0, len(fields))
	for _, f := range fields {
		descriptions = append(descriptions, Description{Key: f.key, Text: f.description})
	}
	return descriptions
}

func export(ctx *pulumi.Context, fields []field[text, texts]) {
	for _, f := range fields {
		if f.text != nil {
			ctx.Export(f.key, *f.text)
		} else {
			ctx.Export(f.key, *f.texts)
		}
	}
}

// MissingError says that a layer lacks something from a layer before it.
type MissingError struct {
	Layer string   // the layer to deploy first
	Stack string   // its stack
	Keys  []string // the outputs that it lacks; empty where the stack could not be read at all
	Cause error    // why it could not be read
}

func (e *MissingError) Error() string {
	what := "has not been deployed"
	if len(e.Keys) > 0 {
		what = "lacks " + strings.Join(e.Keys, ", ")
	}
	return fmt.Sprintf("layer %s of stack %s %s: deploy it first, with 'go tool task deploy-%s STACK=%s'",
		e.Layer, e.Stack, what, e.Layer, e.Stack)
}

func (e *MissingError) Unwrap() error { return e.Cause }

// read fills fields from the outputs of the layer's stack, through one StackReference.
func read(ctx *pulumi.Context, layer string, fields []field[string, map[string]string]) error {
	name := strings.Join([]string{ctx.Organization(), Project(layer), ctx.Stack()}, "/")
	reference, err := pulumi.NewStackReference(ctx, name, nil)
	if err != nil {
		return &MissingError{Layer: layer, Stack: ctx.Stack(), Cause: err}
	}
	missing := &MissingError{Layer: layer, Stack: ctx.Stack()}
	for _, f := range fields {
		details, err := reference.GetOutputDetails(f.key)
		if err != nil {
			missing.Cause = err
			return missing
		}
		if !set(f, details.Value) {
			missing.Keys = append(missing.Keys, f.key)
		}
	}
	switch {
	case len(missing.Keys) == 0:
		return nil
	case len(missing.Keys) == len(fields):
		missing.Keys = nil
	}
	slices.Sort(missing.Keys)
	return missing
}

// set stores a value read from a stack reference in the field, and says whether it was of the field's kind.
func set(f field[string, map[string]string], value any) bool {
	switch value := value.(type) {
	case string:
		if f.text == nil {
			return false
		}
		*f.text = value
		return true
	case map[string]any:
		if f.texts == nil {
			return false
		}
		*f.texts = make(map[string]string, len(value))
		for key, item := range value {
			(*f.texts)[key] = fmt.Sprint(item)
		}
		return true
	default:
		return false
	}
}
