// Package pulumitest runs Pulumi programs without an engine or a cloud, and records what they ask for.
package pulumitest

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Values that a run has where its Options give none.
const (
	DefaultProject = "project"
	DefaultStack   = "local"
	DefaultAccount = "111122223333"
)

// Region is the region that made-up ARNs carry.
const Region = "us-east-1"

// Refused is how the error of a step that was made to fail ends, and is not the test's own choice: it is what the SDK says
// of an alias with two parents. The SDK checks aliases before it registers anything, so such an alias makes the
// constructor of a resource return an error, whereas what a mock answers comes after the constructor returned without one.
const Refused = "alias can specify Parent, ParentURN or NoParent but not more then one"

// Options say what a program meets.
type Options struct {
	Config  map[string]string // keys without the project's name; structured values as JSON
	Project string
	Stack   string
	// References holds the outputs of other stacks, by full name ("organization/<project>/<stack>"); see Reference.
	// A stack that is not here has not been deployed.
	References    map[string]map[string]any
	CallerAccount string // account that the credentials belong to
	FailAt        string // the step that fails: "<type> <logical name>" of a resource, or the token of a call
}

// Reference is the name by which a program in the given stack refers to the same stack of another project.
func Reference(project, stack string) string {
	return "organization/" + project + "/" + stack
}

func (o Options) withDefaults() Options {
	for field, value := range map[*string]string{
		&o.Project: DefaultProject, &o.Stack: DefaultStack, &o.CallerAccount: DefaultAccount,
	} {
		if *field == "" {
			*field = value
		}
	}
	return o
}

func (o Options) config() map[string]string {
	config := make(map[string]string, len(o.Config))
	for key, value := range o.Config {
		config[o.Project+":"+key] = value
	}
	return config
}

// Run runs the program and records what it did. The error is the program's own where it returned one; otherwise it is
// what went wrong after it returned, such as an output that could not be computed.
func Run(program pulumi.RunFunc, options Options) (*Recording, error) {
	options = options.withDefaults()
	monitor := newMonitor(options)
	var programErr error
	runErr := pulumi.RunErr(func(ctx *pulumi.Context) error {
		_ = ctx.RegisterStackTransformation(monitor.meet) // keeps the function for later, and can't fail
		if programErr = program(ctx); programErr != nil {
			return programErr
		}
		return registerExports(ctx)
	}, pulumi.WithMocks(options.Project, options.Stack, monitor), func(info *pulumi.RunInfo) {
		info.Config = options.config()
	})
	if programErr != nil {
		return monitor.recording(), programErr
	}
	return monitor.recording(), errors.Join(runErr, monitor.faults())
}

// exportsType is the resource that carries a program's outputs to the monitor as the SDK marshals them: the SDK hands
// the outputs of a stack to no mock.
const exportsType = "pulumitest:index:Exports"

func registerExports(ctx *pulumi.Context) error {
	exports := pulumi.Map{}
	for key, value := range ctx.GetCurrentExportMap() {
		exports[key] = value
	}
	return ctx.RegisterResource(exportsType, "exports", exports, &pulumi.CustomResourceState{})
}
