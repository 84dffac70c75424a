// Package stacks lists the four layers, for the program that deploys them.
package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	configrules "github.com/compliance-monitor/compliance-monitor/stacks/config-rules"
	"github.com/compliance-monitor/compliance-monitor/stacks/foundation"
	"github.com/compliance-monitor/compliance-monitor/stacks/functions"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/observability"
)

// Layer is one Pulumi project.
type Layer struct {
	Name     string                               // also its folder beside this file
	Project  string                               // name of the Pulumi project
	Upstream []string                             // layers whose outputs it reads
	Paths    map[string]string                    // settings that are paths, and their defaults, relative to its folder
	Program  pulumi.RunFunc                       // makes its resources
	Check    func(values map[string]string) error // reports every fault of its settings, before anything is made
	Outputs  []Output                             // what it exports
}

// Output is one output of a layer.
type Output = outputs.Description

// Layers lists the layers in the order in which they are deployed.
func Layers() []Layer {
	const first, second, third, fourth = outputs.LayerFoundation, outputs.LayerConfigRules,
		outputs.LayerFunctions, outputs.LayerObservability
	return []Layer{
		{
			Name: first, Project: outputs.Project(first),
			Program: foundation.Program, Check: check(foundation.ParseSettings),
			Outputs: outputs.DescribeFoundation(),
		},
		{
			Name: second, Project: outputs.Project(second), Upstream: []string{first},
			Program: configrules.Program, Check: check(configrules.ParseSettings),
			Outputs: outputs.DescribeConfigRules(),
		},
		{
			Name: third, Project: outputs.Project(third), Upstream: []string{first, second},
			Paths: map[string]string{
				functions.CodePath: functions.DefaultCodePath, functions.ExemptionsFile: functions.DefaultExemptionsFile,
			},
			Program: functions.Program, Check: check(functions.ParseSettings),
			Outputs: outputs.DescribeFunctions(),
		},
		{
			Name: fourth, Project: outputs.Project(fourth), Upstream: []string{first, second, third},
			Program: observability.Program, Check: check(observability.ParseSettings),
			Outputs: outputs.DescribeObservability(),
		},
	}
}

// Find is the layer of the given name.
func Find(name string) (Layer, bool) {
	for _, layer := range Layers() {
		if layer.Name == name {
			return layer, true
		}
	}
	return Layer{}, false
}

func check[S any](parse func(map[string]string) (S, error)) func(map[string]string) error {
	return func(values map[string]string) error {
		_, err := parse(values)
		return err
	}
}
