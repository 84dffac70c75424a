// Package deploy runs the layers through Pulumi's Automation API: the process itself is the language host, so neither a
// language plugin nor a build of each layer is needed.
package deploy

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// Target is where the layers are deployed to.
type Target struct {
	Stack      string                       // name of the Pulumi stack of every layer: local, prod, …
	Root       string                       // the checkout
	StateDir   string                       // where generated project files are kept, one folder a layer
	Pulumi     string                       // folder above bin/pulumi, or "" for the one on PATH
	PulumiHome string                       // holds the provider plugin
	Env        map[string]string            // environment of Pulumi and its plugins, over the process's own
	Overrides  map[string]map[string]string // layer → setting → value, over Pulumi.<stack>.yaml
}

// stackDir is the folder of a layer in the checkout.
func (t Target) stackDir(layer stacks.Layer) string {
	return filepath.Join(t.Root, "stacks", layer.Name)
}

// settingsFile is the file in which users keep the settings of a layer.
func (t Target) settingsFile(layer stacks.Layer) string {
	return filepath.Join(t.stackDir(layer), "Pulumi."+t.Stack+".yaml")
}

// CheckSettings reports every fault in the settings of all the given layers, and changes nothing.
func (t Target) CheckSettings(layers []stacks.Layer) error {
	var faults []error
	for _, layer := range layers {
		values, err := t.Settings(layer)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		faults = append(faults, layer.Check(values))
	}
	if err := errors.Join(faults...); err != nil {
		return &SettingsError{Stack: t.Stack, Faults: err}
	}
	return nil
}

// Settings are the layer's settings without the project's name; structured ones are JSON.
func (t Target) Settings(layer stacks.Layer) (map[string]string, error) {
	project, err := t.loadSettings(layer)
	if err != nil {
		return nil, err
	}
	plain, err := project.Config.Decrypt(config.NopDecrypter)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", t.settingsFile(layer), err)
	}
	values := map[string]string{}
	for key, value := range plain {
		if key.Namespace() == layer.Project {
			values[key.Name()] = value
		}
	}
	return values, nil
}

// AccountID is the account that the settings expect; empty where any will do.
func (t Target) AccountID() (string, error) {
	layer, _ := stacks.Find("foundation")
	values, err := t.Settings(layer)
	return values["accountId"], err
}

// loadSettings reads the user's file and lays the overrides over it.
func (t Target) loadSettings(layer stacks.Layer) (*workspace.ProjectStack, error) {
	file := t.settingsFile(layer)
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there are no settings for stack %s of layer %s: copy Pulumi.prod.yaml to %s and edit it",
			t.Stack, layer.Name, file)
	}
	settings, err := workspace.LoadProjectStack(nil, project(layer, ""), file)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if settings.Config == nil {
		settings.Config = config.Map{}
	}
	settings.Config[config.MustMakeKey("pulumi", "disable-default-providers")] = config.NewObjectValue(`["aws"]`)
	for _, key := range slices.Sorted(maps.Keys(t.Overrides[layer.Name])) {
		settings.Config[config.MustMakeKey(layer.Project, key)] = config.NewValue(t.Overrides[layer.Name][key])
	}
	t.resolvePaths(layer, settings.Config)
	return settings, nil
}

// resolvePaths makes the settings that are paths absolute. Those of the file start at the layer's folder, as they do
// under 'pulumi up', wherever this process was started.
func (t Target) resolvePaths(layer stacks.Layer, values config.Map) {
	for name, def := range layer.Paths {
		key := config.MustMakeKey(layer.Project, name)
		path, err := values[key].Value(config.NopDecrypter)
		if err != nil || path == "" {
			path = def
		}
		if !filepath.IsAbs(path) {
			values[key] = config.NewValue(filepath.Join(t.stackDir(layer), path))
		}
	}
}

// project is the layer's Pulumi project, run in the given folder.
func project(layer stacks.Layer, main string) *workspace.Project {
	return &workspace.Project{
		Name: tokens.PackageName(layer.Project), Runtime: workspace.NewProjectRuntimeInfo("go", nil), Main: main,
	}
}

// workspaceOptions are those of a workspace in a folder of our own, so that Pulumi never writes into the checkout.
// The salt of the stack's secrets, which Pulumi keeps in the settings, outlives the copy.
func (t Target) workspaceOptions(layer stacks.Layer, command auto.PulumiCommand) ([]auto.LocalWorkspaceOption, error) {
	settings, err := t.loadSettings(layer)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(t.StateDir, layer.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the folder for Pulumi's files of layer %s: %w", layer.Name, err)
	}
	generated := filepath.Join(dir, "Pulumi."+t.Stack+".yaml")
	if previous, err := workspace.LoadProjectStack(nil, project(layer, ""), generated); err == nil {
		keepSecrets(settings, previous)
	}
	options := []auto.LocalWorkspaceOption{
		auto.WorkDir(dir),
		auto.Project(*project(layer, t.stackDir(layer))),
		auto.Stacks(map[string]workspace.ProjectStack{t.Stack: *settings}),
		auto.Pulumi(command),
		auto.EnvVars(t.Env),
	}
	if t.PulumiHome != "" {
		options = append(options, auto.PulumiHome(t.PulumiHome))
	}
	return options, nil
}

func keepSecrets(settings, previous *workspace.ProjectStack) {
	if settings.SecretsProvider == "" && settings.EncryptedKey == "" && settings.EncryptionSalt == "" {
		settings.SecretsProvider = previous.SecretsProvider
		settings.EncryptedKey = previous.EncryptedKey
		settings.EncryptionSalt = previous.EncryptionSalt
	}
}
