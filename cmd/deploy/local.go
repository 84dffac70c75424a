package deploy

import "github.com/compliance-monitor/compliance-monitor/contract/names"

// LocalStack is the stack that stands on a local AWS.
const LocalStack = "local"

// lambdaArchitectures are Lambda's names of Go's architectures.
var lambdaArchitectures = map[string]string{"amd64": "x86_64", "arm64": "arm64"}

// PackageOverrides say where the functions' packages are.
func PackageOverrides(packages string) map[string]map[string]string {
	return map[string]map[string]string{"functions": {"codePath": packages}}
}

// LocalOverrides are the settings of a stack on a local AWS that depend on the machine: where the functions' packages
// are, and the architecture that they were built for, which is the host's.
func LocalOverrides(packages, goarch string) map[string]map[string]string {
	overrides := PackageOverrides(packages)
	overrides["functions"]["architecture"] = lambdaArchitectures[goarch]
	return overrides
}

// LocalEnv is the environment of Pulumi and its plugins on a local AWS. It hides the user's own credentials. The backend
// is a folder.
func LocalEnv(endpoint, backend string) map[string]string {
	return map[string]string{
		envBackend:                 "file://" + backend,
		"PULUMI_CONFIG_PASSPHRASE": "",
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		"AWS_ENDPOINT_URL":         endpoint,
		"AWS_ACCESS_KEY_ID":        "localcloud",
		"AWS_SECRET_ACCESS_KEY":    "localcloud",
		"AWS_SESSION_TOKEN":        "",
		"AWS_PROFILE":              "",
		"AWS_REGION":               names.Region,
	}
}
