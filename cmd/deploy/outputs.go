package deploy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// Outputs are the outputs of every layer, as CloudFormation's DescribeStacks has them.
type Outputs struct {
	Stacks []StackOutputs `json:"Stacks"`
}

// StackOutputs are the outputs of one layer.
type StackOutputs struct {
	StackName string   `json:"StackName"` // Pulumi's project and stack: compliance-monitor-foundation-local
	Layer     string   `json:"Layer"`
	Outputs   []Output `json:"Outputs"`
}

// Output is one output. Its key has letters and digits only, as CloudFormation's keys.
type Output struct {
	OutputKey   string `json:"OutputKey"`
	OutputValue string `json:"OutputValue"`
	Description string `json:"Description"`
	ExportName  string `json:"ExportName"`
}

// Outputs reads the outputs of the given layers; layers that have not been deployed are left out.
func (r *Runner) Outputs(ctx context.Context, layers []stacks.Layer) (Outputs, error) {
	all := Outputs{Stacks: []StackOutputs{}}
	for _, layer := range layers {
		state, err := r.State(ctx, layer)
		if err != nil {
			return all, err
		}
		if len(state.Outputs) > 0 {
			all.Stacks = append(all.Stacks, stackOutputs(layer, r.target.Stack, state.Outputs))
		}
	}
	return all, nil
}

// stackOutputs puts the outputs into the order of their descriptions; a map becomes one output an entry.
func stackOutputs(layer stacks.Layer, stack string, values map[string]any) StackOutputs {
	name := layer.Project + "-" + stack
	result := StackOutputs{StackName: name, Layer: layer.Name, Outputs: []Output{}}
	add := func(key, value, description string) {
		result.Outputs = append(result.Outputs, Output{
			OutputKey: key, OutputValue: value, Description: description, ExportName: name + ":" + key,
		})
	}
	for _, described := range layer.Outputs {
		switch value := values[described.Key].(type) {
		case map[string]any:
			for _, entry := range slices.Sorted(maps.Keys(value)) {
				add(pascal(strings.TrimSuffix(described.Key, "s"))+pascal(entry), fmt.Sprint(value[entry]),
					described.Text+": "+entry)
			}
		case nil:
		default:
			add(pascal(described.Key), fmt.Sprint(value), described.Text)
		}
	}
	return result
}

// pascal joins the words of a key, each with a capital: "s3-encryption" is S3Encryption.
func pascal(key string) string {
	words := strings.FieldsFunc(key, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}
