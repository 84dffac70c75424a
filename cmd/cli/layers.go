package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// chosen are the layers that the arguments name, in the order of deployment; all without arguments.
func chosen(args []string) ([]stacks.Layer, error) {
	all := stacks.Layers()
	if len(args) == 0 {
		return all, nil
	}
	var unknown []string
	for _, name := range args {
		if !named(all, name) {
			unknown = append(unknown, strconv.Quote(name))
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no layer %s; layers are %s", strings.Join(unknown, " or "), layerNames(all))
	}
	return slices.DeleteFunc(all, func(l stacks.Layer) bool { return !slices.Contains(args, l.Name) }), nil
}

func named(layers []stacks.Layer, name string) bool {
	return slices.ContainsFunc(layers, func(l stacks.Layer) bool { return l.Name == name })
}

func layerNames(layers []stacks.Layer) string {
	names := make([]string, 0, len(layers))
	for _, layer := range layers {
		names = append(names, layer.Name)
	}
	return strings.Join(names, ", ")
}

// others are the layers that are not among the given ones.
func others(layers []stacks.Layer) []stacks.Layer {
	return slices.DeleteFunc(stacks.Layers(), func(other stacks.Layer) bool {
		return named(layers, other.Name)
	})
}
