package pulumitest

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Settings are the project's settings in a Pulumi.<stack>.yaml, as the project's program sees them: keys without the
// project's name, structured values as JSON. Settings of any other project but Pulumi itself are an error, since the
// program would never see them.
func Settings(file, project string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading settings: %w", err)
	}
	var stack struct {
		Config map[string]yaml.Node `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &stack); err != nil {
		return nil, fmt.Errorf("reading settings in %s: %w", file, err)
	}
	settings := map[string]string{}
	for key, value := range stack.Config {
		namespace, name, _ := strings.Cut(key, ":")
		switch namespace {
		case "pulumi":
		case project:
			if settings[name], err = configText(value); err != nil {
				return nil, fmt.Errorf("reading setting %s in %s: %w", key, file, err)
			}
		default:
			return nil, fmt.Errorf("reading setting %s in %s: no such project; expected %s", key, file, project)
		}
	}
	return settings, nil
}

// Shown are the names of the project's settings that a file shows, those in comments among them.
func Shown(file, project string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading settings: %w", err)
	}
	var names []string
	for _, found := range regexp.MustCompile(regexp.QuoteMeta(project)+`:(\w+)`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, found[1])
	}
	return names, nil
}

func configText(node yaml.Node) (string, error) {
	if node.Kind == yaml.ScalarNode {
		return node.Value, nil
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return "", err
	}
	text, err := json.Marshal(value)
	return string(text), err
}
