package deploy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

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

// Value is the value of the first output with that key; empty where there is none.
func (o Outputs) Value(key string) string {
	for _, stack := range o.Stacks {
		for _, output := range stack.Outputs {
			if output.OutputKey == key {
				return output.OutputValue
			}
		}
	}
	return ""
}

// stackOutputs puts the outputs into the order of their descriptions; a map becomes one output an entry.
func stackOutputs(layer stacks.Layer, stack string, values map[string]any) StackOutputs {
	name := layer.Project + "-" + stack
	result := StackOutputs{StackName: name, Layer: layer.Name, Outputs: []Output{}}
	outputs := flatten(layer.Outputs, values)
	for _, output := range outputs {
		key := output.key()
		if slices.ContainsFunc(outputs, func(other flat) bool { return other != output && other.key() == key }) {
			key += output.mark()
		}
		result.Outputs = append(result.Outputs, Output{
			OutputKey: key, OutputValue: output.value, Description: output.description(), ExportName: name + ":" + key,
		})
	}
	return result
}

// flat is an output, or one entry of an output that is a map.
type flat struct {
	name, text   string // as the layer describes it
	entry, value string // the entry is empty where the output is no map
	isEntry      bool
}

func flatten(described []stacks.Output, values map[string]any) []flat {
	var all []flat
	for _, output := range described {
		switch value := values[output.Key].(type) {
		case map[string]any:
			for _, entry := range slices.Sorted(maps.Keys(value)) {
				all = append(all, flat{
					name: output.Key, text: output.Text, entry: entry, value: fmt.Sprint(value[entry]), isEntry: true,
				})
			}
		case nil:
		default:
			all = append(all, flat{name: output.Key, text: output.Text, value: fmt.Sprint(value)})
		}
	}
	return all
}

func (f flat) key() string {
	if f.isEntry {
		return pascal(strings.TrimSuffix(f.name, "s")) + pascal(f.entry)
	}
	return pascal(f.name)
}

func (f flat) description() string {
	if f.isEntry {
		return f.text + ": " + f.entry
	}
	return f.text
}

// mark tells outputs apart whose keys differ in other characters only, such as a-b@example.com and a.b@example.com. It
// depends on the output alone, so that a key stays as it is when others come and go.
func (f flat) mark() string {
	sum := sha256.Sum256([]byte(f.name + "\x00" + f.entry))
	return strings.ToUpper(hex.EncodeToString(sum[:4]))
}

// pascal joins the words of a key, each with a capital: "s3-encryption" is S3Encryption. CloudFormation's keys have
// letters and digits of ASCII only.
func pascal(key string) string {
	words := strings.FieldsFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}
