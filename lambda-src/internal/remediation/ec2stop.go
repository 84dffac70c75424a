package remediation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// EC2StopDisallowedType is the catalogue's name of the remediation.
const EC2StopDisallowedType = "ec2-stop-disallowed-type"

// EC2Power is what the remediation calls, besides reading. It has no way to terminate an instance.
type EC2Power interface {
	StopInstances(ctx context.Context, in *ec2.StopInstancesInput, options ...func(*ec2.Options)) (*ec2.StopInstancesOutput, error)
	StartInstances(ctx context.Context, in *ec2.StartInstancesInput, options ...func(*ec2.Options)) (*ec2.StartInstancesOutput, error)
}

// newEC2StopDisallowedType stops an instance of a type that the rule does not allow. A stopped one keeps its type, and
// violates the rule still, until somebody changes that; it costs its volumes only.
func newEC2StopDisallowedType(client EC2) Remediation {
	calls := ec2Power{client: client}
	return remedy[power]{
		tags: instanceTags(client), read: calls.read, write: calls.write, properties: power.properties,
		plan: func(_ resource.Resource, current power, parameters Parameters) (power, error) {
			return planStop(current, parameters)
		},
	}
}

type ec2Power struct{ client EC2 }

// power is whether an instance runs, and what decides whether it may.
type power struct {
	State     string `json:"state"` // running or stopped
	Type      string `json:"instanceType"`
	Root      string `json:"rootDeviceType"`
	Lifecycle string `json:"lifecycle,omitempty"` // empty for one that is paid for on demand
}

// States that an instance is in, or on its way to.
const (
	running = string(types.InstanceStateNameRunning)
	stopped = string(types.InstanceStateNameStopped)
)

func (p power) properties() []property {
	return []property{{"State", p.State}}
}

// planStop decides whether an instance is to run on.
func planStop(current power, parameters Parameters) (power, error) {
	allowed := parameters.list("instanceType")
	if len(allowed) == 0 || slices.ContainsFunc(allowed, func(name string) bool { return !instanceType(name) }) {
		// An instance must not be stopped because a pattern or a typing error matches no type at all.
		return power{}, fmt.Errorf("the rule's parameter instanceType is %q: expected types such as t3.micro, with commas between them",
			parameters["instanceType"])
	}
	switch {
	case slices.Contains(allowed, current.Type) || current.State == stopped:
		return current, nil
	case current.Root == string(types.DeviceTypeInstanceStore):
		return power{}, errors.New("its root device is an instance store, so AWS can't stop it, and it would lose its data: " +
			"move its work to an instance of an allowed type and terminate it by hand")
	case current.Lifecycle == string(types.InstanceLifecycleTypeSpot):
		return power{}, errors.New("it is a Spot Instance, which its request would start again: cancel the request by hand")
	}
	current.State = stopped
	return current, nil
}

// instanceType says whether a text has the form of an instance type: family.size.
func instanceType(text string) bool {
	family, size, ok := strings.Cut(text, ".")
	const kinds = "abcdefghijklmnopqrstuvwxyz0123456789-"
	return ok && family != "" && size != "" && strings.Trim(family+size, kinds) == ""
}

func (e ec2Power) write(ctx context.Context, target resource.Resource, _, to power) error {
	if to.State == stopped {
		if _, err := e.client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: []string{target.ID}}); err != nil {
			return fmt.Errorf("stopping instance %s: %w", target.ID, err)
		}
		return nil
	}
	if _, err := e.client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: []string{target.ID}}); err != nil {
		return fmt.Errorf("starting instance %s: %w", target.ID, err)
	}
	return nil
}

func (e ec2Power) read(ctx context.Context, target resource.Resource) (power, error) {
	instance, err := readInstance(ctx, e.client, target)
	if err != nil {
		return power{}, err
	}
	current := power{Type: string(instance.InstanceType), Root: string(instance.RootDeviceType), Lifecycle: string(instance.InstanceLifecycle)}
	if current.Type == "" || current.Root == "" {
		return power{}, fmt.Errorf("reading instance %s: the answer does not tell its type and its root device's", target.ID)
	}
	switch instance.State.Name {
	case types.InstanceStateNamePending, types.InstanceStateNameRunning:
		current.State = running
	case types.InstanceStateNameStopping, types.InstanceStateNameStopped:
		current.State = stopped
	default:
		return power{}, fmt.Errorf("reading instance %s: its state %q is unknown", target.ID, instance.State.Name)
	}
	return current, nil
}
