package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

// settle finds out what became of the operations that an earlier run was killed in. Pulumi keeps the ones that were
// creating something in the state for good, warns at every run, and would create the resource again: some would fail
// because they are there, and a key would be there twice. So the resources that AWS may have are put into the state, and
// a refresh of these reads them, or removes those that never came to be.
func (r *Runner) settle(ctx context.Context, layer stacks.Layer, stack auto.Stack, p *progress) error {
	if !r.target.mayBePending(layer) {
		return nil
	}
	exported, err := stack.Export(ctx)
	if err != nil {
		return fmt.Errorf("reading the state of layer %s: %w", layer.Name, err)
	}
	var deployment apitype.DeploymentV3
	if err := json.Unmarshal(exported.Deployment, &deployment); err != nil {
		return fmt.Errorf("reading the state of layer %s: %w", layer.Name, err)
	}
	if len(deployment.PendingOperations) == 0 {
		return nil
	}
	p.note("an earlier run was killed while working on %s: looking what became of it", pendingNames(deployment))
	look, err := takeOver(&deployment, func(res apitype.ResourceV3) (string, error) {
		return r.identify(ctx, res, deployment.Resources)
	})
	if err != nil {
		return fmt.Errorf("settling what an earlier run of layer %s left open: %w", layer.Name, err)
	}
	settled := exported
	if settled.Deployment, err = json.Marshal(deployment); err != nil {
		return fmt.Errorf("writing the state of layer %s: %w", layer.Name, err)
	}
	if err := stack.Import(ctx, settled); err != nil {
		return fmt.Errorf("writing the state of layer %s: %s", layer.Name, plainText(err.Error()))
	}
	if len(look) == 0 {
		return nil
	}
	if _, err := stack.Refresh(ctx, optrefresh.Target(look), optrefresh.SuppressProgress()); err != nil {
		err = fmt.Errorf("settling what an earlier run of layer %s left open: %s", layer.Name, plainText(err.Error()))
		// Until AWS has been asked, the state must not claim to know.
		return errors.Join(err, stack.Import(context.WithoutCancel(ctx), exported))
	}
	return nil
}

// mayBePending looks into the file of a file backend, which saves starting a process; of other backends it says yes.
func (t Target) mayBePending(layer stacks.Layer) bool {
	folder, isFile := t.fileBackend()
	if !isFile {
		return true
	}
	text, err := os.ReadFile(filepath.Join(folder, "stacks", layer.Project, t.Stack+".json"))
	return err != nil || bytes.Contains(text, []byte(`"pending_operations"`))
}

func pendingNames(deployment apitype.DeploymentV3) string {
	var names []string
	for _, operation := range deployment.PendingOperations {
		names = append(names, logicalName(string(operation.Resource.URN)))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// takeOver moves what was being created among the resources, where it can be identified, and empties the list of pending
// operations. It returns the URNs of the resources that have to be read from AWS.
func takeOver(
	deployment *apitype.DeploymentV3, identify func(apitype.ResourceV3) (string, error),
) ([]string, error) {
	var look []string
	for _, operation := range deployment.PendingOperations {
		urn := operation.Resource.URN
		at := slices.IndexFunc(deployment.Resources, func(r apitype.ResourceV3) bool { return r.URN == urn })
		switch {
		case operation.Type != apitype.OperationTypeCreating:
			if at < 0 {
				continue
			}
		case at >= 0 && !deployment.Resources[at].PendingReplacement:
			continue // its replacement was being created, and the one that is known still serves
		default:
			id, err := identify(operation.Resource)
			if err != nil {
				return nil, err
			}
			if id == "" {
				continue
			}
			operation.Resource.ID = resource.ID(id)
			if at >= 0 {
				deployment.Resources[at] = operation.Resource
			} else {
				deployment.Resources = append(deployment.Resources, operation.Resource)
			}
		}
		look = append(look, string(urn))
	}
	deployment.PendingOperations = nil
	slices.Sort(look)
	return slices.Compact(look), nil
}

// keyType is the one type whose id can't be told from its inputs.
const keyType = "aws:kms/key:Key"

// importIDs are the inputs that make up the id by which Terraform imports a resource, joined by slashes. Here are the
// types that AWS refuses to create a second time. All others are put: doing so again changes nothing.
var importIDs = map[string][]string{
	bucketType:                         {"bucket"},
	"aws:cloudwatch/logGroup:LogGroup": {"name"},
	"aws:iam/role:Role":                {"name"},
	"aws:kms/alias:Alias":              {"name"},
	"aws:lambda/function:Function":     {"name"},
	"aws:lambda/permission:Permission": {"function", "statementId"},
}

// identify is the id under which AWS has the resource, if it has it; empty where creating it again does no harm.
func (r *Runner) identify(ctx context.Context, res apitype.ResourceV3, known []apitype.ResourceV3) (string, error) {
	if string(res.Type) == keyType {
		keys, err := r.keys(ctx)
		if err != nil {
			return "", err
		}
		description, _ := res.Inputs["description"].(string)
		return findKey(ctx, keys, description, known)
	}
	return importID(string(res.Type), res.Inputs), nil
}

func importID(token string, inputs map[string]any) string {
	var parts []string
	for _, key := range importIDs[token] {
		part, _ := inputs[key].(string)
		if part == "" {
			return ""
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}
