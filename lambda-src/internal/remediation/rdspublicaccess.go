package remediation

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// RDSPublicAccess is the catalogue's name of the remediation.
const RDSPublicAccess = "rds-public-access"

// newRDSPublicAccess makes a DB instance's name resolve to its private address everywhere. Security groups stay as they
// are.
func newRDSPublicAccess(client RDS) Remediation {
	calls := rdsPublicAccess{dbInstances{client: client}}
	return remedy[publicInstance]{
		tags: calls.tags, read: calls.read, plan: planPublicInstance, write: calls.write, properties: publicInstance.properties,
	}
}

type rdsPublicAccess struct{ dbInstances }

// publicInstance is whether a DB instance is publicly accessible.
type publicInstance struct {
	Public  bool   `json:"publiclyAccessible"`
	Cluster string `json:"cluster,omitempty"` // never changed: the Multi-AZ DB cluster that it can only be modified with
}

func (p publicInstance) properties() []property {
	return []property{{"PubliclyAccessible", strconv.FormatBool(p.Public)}}
}

func planPublicInstance(_ resource.Resource, current publicInstance, _ Parameters) (publicInstance, error) {
	if current.Public && current.Cluster != "" {
		return publicInstance{}, fmt.Errorf("RDS does not modify the members of a Multi-AZ DB cluster (%s): "+
			"restrict the security groups of the cluster, or restore it as one that is not public", current.Cluster)
	}
	return publicInstance{Cluster: current.Cluster}, nil
}

// write does not ask RDS to apply the change at once: RDS always does with this one, and would take modifications along
// that wait for the maintenance window.
func (r rdsPublicAccess) write(ctx context.Context, target resource.Resource, _, to publicInstance) error {
	instance, err := r.find(ctx, target)
	if err != nil {
		return err
	}
	current, err := newPublicInstance(instance)
	if err != nil || current.Public == to.Public {
		return err
	}
	return r.modify(ctx, instance, rds.ModifyDBInstanceInput{PubliclyAccessible: aws.Bool(to.Public)})
}

func (r rdsPublicAccess) read(ctx context.Context, target resource.Resource) (publicInstance, error) {
	instance, err := r.find(ctx, target)
	if err != nil {
		return publicInstance{}, err
	}
	return newPublicInstance(instance)
}

func newPublicInstance(instance types.DBInstance) (publicInstance, error) {
	if instance.PubliclyAccessible == nil {
		return publicInstance{}, fmt.Errorf("reading DB instance %s: the answer does not say whether it is public", *instance.DbiResourceId)
	}
	current := publicInstance{Public: *instance.PubliclyAccessible}
	if !ownMembers(instance) {
		current.Cluster = clusterOf(instance)
	}
	return current, nil
}
