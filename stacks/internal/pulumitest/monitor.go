package pulumitest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	stackReferenceType = "pulumi:pulumi:StackReference"
	callerIdentity     = "aws:index/getCallerIdentity:getCallerIdentity"
)

// impossibleAlias makes the SDK refuse a resource; see Refused.
var impossibleAlias = pulumi.Alias{ParentURN: pulumi.URN("refused"), NoParent: pulumi.Bool(true)}

// monitor stands in for the engine. The SDK calls it from many goroutines.
type monitor struct {
	options Options

	mutex     sync.Mutex
	steps     []string // in the program's order
	resources []*Resource
	calls     []Call
	exports   map[string]any
	errs      []error
}

func newMonitor(options Options) *monitor {
	return &monitor{options: options, exports: map[string]any{}}
}

// meet is the transformation that sees each resource in the program's order, before it is registered.
func (m *monitor) meet(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
	if args.Type == exportsType {
		return nil
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.find(args.Type, args.Name) != nil {
		m.errs = append(m.errs, fmt.Errorf("registering %s: another %s has this name", args.Name, args.Type))
	}
	met := &Resource{Type: args.Type, Name: args.Name, taggable: hasTags(args.Props)}
	m.resources = append(m.resources, met)
	m.steps = append(m.steps, met.Step())
	if met.Step() != m.options.FailAt {
		return nil
	}
	return &pulumi.ResourceTransformationResult{
		Props: args.Props, Opts: append(slices.Clone(args.Opts), pulumi.Aliases([]pulumi.Alias{impossibleAlias})),
	}
}

func hasTags(args any) bool {
	kind := reflect.TypeOf(args)
	if kind != nil && kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind == nil || kind.Kind() != reflect.Struct {
		return false
	}
	_, found := kind.FieldByName("Tags")
	return found
}

func (m *monitor) find(kind, name string) *Resource {
	for _, r := range m.resources {
		if r.Type == kind && r.Name == name {
			return r
		}
	}
	return nil
}

// NewResource answers the registration of a resource, or the reading of a stack's outputs.
func (m *monitor) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	inputs := plain(args.Inputs)
	if args.TypeToken == exportsType {
		m.exports = inputs
		return args.Name, args.Inputs, nil
	}
	if args.TypeToken == stackReferenceType {
		return m.readStack(args.Name)
	}
	met := m.find(args.TypeToken, args.Name)
	met.Inputs, met.Provider = inputs, providerName(args.Provider)
	for _, urn := range args.RegisterRPC.GetDependencies() {
		met.DependsOn = append(met.DependsOn, resource.URN(urn).Name())
	}
	slices.Sort(met.DependsOn)
	id, outputs, err := synthesise(m.options.CallerAccount, args.TypeToken, args.Name, inputs)
	if err != nil {
		return "", nil, err
	}
	met.ID, met.Outputs = id, outputs
	return id, resource.NewPropertyMapFromMap(outputs), nil
}

func (m *monitor) readStack(name string) (string, resource.PropertyMap, error) {
	outputs, deployed := m.options.References[name]
	if !deployed {
		return "", nil, fmt.Errorf("unknown stack %q", name)
	}
	return name, resource.NewPropertyMapFromMap(map[string]any{"name": name, "outputs": outputs}), nil
}

// Call answers the call of a provider's function.
func (m *monitor) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.steps = append(m.steps, args.Token)
	m.calls = append(m.calls, Call{Token: args.Token, Inputs: plain(args.Args), Provider: providerName(args.Provider)})
	if args.Token == m.options.FailAt {
		return nil, errors.New(Refused)
	}
	if args.Token != callerIdentity {
		return nil, fmt.Errorf("calling %s: pulumitest knows no answer to it, so give it one in monitor.go", args.Token)
	}
	account := m.options.CallerAccount
	return resource.NewPropertyMapFromMap(map[string]any{
		"accountId": account, "id": account, "userId": "AIDAEXAMPLE", "arn": "arn:aws:iam::" + account + ":user/deployer",
	}), nil
}

func (m *monitor) recording() *Recording {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	recording := &Recording{Steps: m.steps, Calls: m.calls, Exports: m.exports}
	for _, r := range m.resources {
		recording.All = append(recording.All, *r)
	}
	return recording
}

func (m *monitor) faults() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return errors.Join(m.errs...)
}
