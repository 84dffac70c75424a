package deploy

import (
	"fmt"
	"path/filepath"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// LocalStack is the stack that stands on a local AWS.
const LocalStack = "local"

// functionsLayer is the layer whose packages are built before it is deployed.
const functionsLayer = "functions"

// defaultGOARCH is what the functions run on in AWS unless the settings say otherwise.
const defaultGOARCH = "arm64"

// lambdaArchitectures are Lambda's names of Go's architectures.
var lambdaArchitectures = map[string]string{"amd64": "x86_64", "arm64": "arm64"}

// PackageFolder is where the packages for an architecture of Go's are, below the folder of all packages, which is a
// setting of the functions layer.
func PackageFolder(packages, goarch string) string {
	return filepath.Join(packages, lambdaArchitectures[goarch])
}

// Packages is the folder of all packages that the target's settings name.
func Packages(target Target) (string, error) {
	layer, _ := stacks.Find(functionsLayer)
	values, err := target.Settings(layer)
	return values["codePath"], err
}

// LambdaGOARCH is the architecture, by Go's name, that the target's settings want the functions built for.
func LambdaGOARCH(target Target) (string, error) {
	layer, _ := stacks.Find(functionsLayer)
	values, err := target.Settings(layer)
	if err != nil {
		return "", err
	}
	wanted, set := values["architecture"]
	if !set {
		return defaultGOARCH, nil
	}
	for goarch, architecture := range lambdaArchitectures {
		if architecture == wanted {
			return goarch, nil
		}
	}
	return "", fmt.Errorf("setting %s:architecture is %q: expected arm64 or x86_64", layer.Project, wanted)
}

// LocalOverrides are the settings of a stack on a local AWS that depend on the machine: the functions run on the host's
// architecture.
func LocalOverrides(goarch string) map[string]map[string]string {
	return map[string]map[string]string{functionsLayer: {"architecture": lambdaArchitectures[goarch]}}
}

// LocalEnv is the environment of Pulumi and its plugins on a local AWS. It hides the user's own credentials. The backend
// is a folder.
func LocalEnv(endpoint, backend string) map[string]string {
	return map[string]string{
		envBackend:                 fileURL(backend, nil),
		"PULUMI_CONFIG_PASSPHRASE": "",
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		"AWS_ENDPOINT_URL":         endpoint,
		"AWS_ACCESS_KEY_ID":        "localcloud",
		"AWS_SECRET_ACCESS_KEY":    "localcloud",
		"AWS_SESSION_TOKEN":        "",
		"AWS_PROFILE":              "",
		"AWS_REGION":               names.Region,
		"GOGC":                     "400", // the engine and the provider live for seconds: collecting less saves an eighth
	}
}
