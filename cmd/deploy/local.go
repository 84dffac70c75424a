package deploy

import (
	"fmt"
	"path/filepath"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks"
	"github.com/compliance-monitor/compliance-monitor/stacks/functions"
	"github.com/compliance-monitor/compliance-monitor/tools/lambdazip"
)

// LocalStack is the stack that stands on a local AWS.
const LocalStack = "local"

// functionsLayer is the layer whose packages are built before it is deployed.
const functionsLayer = "functions"

// lambdaArchitectures are Lambda's names of Go's architectures.
var lambdaArchitectures = map[string]string{
	lambdazip.AMD64: functions.ArchitectureX8664, lambdazip.ARM64: functions.ArchitectureARM64,
}

// PackageFolder is where the packages for an architecture of Go's are, below the folder of all packages, which is a
// setting of the functions layer.
func PackageFolder(packages, goarch string) string {
	return filepath.Join(packages, lambdaArchitectures[goarch])
}

// Packages is the folder of all packages that the target's settings name.
func Packages(target Target) (string, error) {
	layer, _ := stacks.Find(functionsLayer)
	values, err := target.Settings(layer)
	return values[functions.CodePath], err
}

// LambdaGOARCH is the architecture, by Go's name, that the target's settings want the functions built for.
func LambdaGOARCH(target Target) (string, error) {
	layer, _ := stacks.Find(functionsLayer)
	values, err := target.Settings(layer)
	if err != nil {
		return "", err
	}
	wanted, set := values[functions.Architecture]
	if !set {
		wanted = functions.ArchitectureARM64
	}
	for goarch, architecture := range lambdaArchitectures {
		if architecture == wanted {
			return goarch, nil
		}
	}
	return "", fmt.Errorf("setting %s:%s is %q: expected %s or %s", layer.Project, functions.Architecture, wanted,
		functions.ArchitectureARM64, functions.ArchitectureX8664)
}

// LocalOverrides are the settings of a stack on a local AWS that depend on the machine: the functions run on the host's
// architecture.
func LocalOverrides(goarch string) map[string]map[string]string {
	return map[string]map[string]string{functionsLayer: {functions.Architecture: lambdaArchitectures[goarch]}}
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
