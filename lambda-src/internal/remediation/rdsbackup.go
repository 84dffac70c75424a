package remediation

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// RDSBackupRetention is the catalogue's name of the remediation.
const RDSBackupRetention = "rds-backup-retention"

// Parameters of the rule.
const (
	parameterRetentionMinimum = "backupRetentionMinimum"
	parameterRetentionPeriod  = "backupRetentionPeriod"
	parameterBackupWindow     = "preferredBackupWindow"
	parameterReadReplicas     = "checkReadReplicas"
)

const (
	defaultRetention = 7  // days; RDS's console suggests as many
	longestRetention = 35 // days; RDS takes no more
)

// newRDSBackupRetention makes a DB instance keep its automatic backups for the days that the rule asks for, and never for
// fewer than it does: a shorter retention deletes backups.
func newRDSBackupRetention(client RDS) Remediation {
	calls := rdsBackup{dbInstances{client: client}}
	return remedy[backups]{
		tags: calls.tags, read: calls.read, plan: planBackups, write: calls.write, properties: backups.properties,
	}
}

type rdsBackup struct{ dbInstances }

// backups are a DB instance's automatic backups. Only the days are changed; the others decide whether they can be.
type backups struct {
	Days    int    `json:"backupRetentionPeriod"`
	Cluster string `json:"cluster,omitempty"`
	Replica bool   `json:"readReplica,omitempty"`
}

func (b backups) properties() []property {
	return []property{{"BackupRetentionPeriod", strconv.Itoa(b.Days)}}
}

func planBackups(_ resource.Resource, current backups, parameters Parameters) (backups, error) {
	lowest, exact, err := retentionOf(parameters)
	if err != nil {
		return backups{}, err
	}
	replicas, err := parameters.flag(parameterReadReplicas, true)
	if err != nil {
		return backups{}, err
	}
	if current.Replica && !replicas {
		return current, nil
	}
	wanted := current
	wanted.Days = max(current.Days, lowest)
	switch {
	case wanted == current && exact && current.Days > lowest:
		return backups{}, fmt.Errorf("the rule's parameter %s asks for %d days, and to keep backups for fewer days than now (%d) deletes some: "+
			"change it by hand", parameterRetentionPeriod, lowest, current.Days)
	case wanted != current && current.Cluster != "":
		return backups{}, fmt.Errorf("the instance's backups are its cluster's: "+
			"aws rds modify-db-cluster --db-cluster-identifier %s --backup-retention-period %d", current.Cluster, wanted.Days)
	}
	return wanted, nil
}

// retentionOf is how many days the rule asks for, and whether exactly so many.
func retentionOf(parameters Parameters) (days int, exact bool, err error) {
	if window := parameters[parameterBackupWindow]; window != "" {
		return 0, false, fmt.Errorf("the rule's parameter %s is %q, and the time of backups is not changed here: change it by hand, "+
			"or take the parameter out of the settings", parameterBackupWindow, window)
	}
	period, err := parameters.number(parameterRetentionPeriod, 0, 1, longestRetention)
	exact = period != 0
	lowest := defaultRetention
	if exact {
		lowest = period
	}
	minimum, minimumErr := parameters.number(parameterRetentionMinimum, lowest, 1, longestRetention)
	switch err = errors.Join(err, minimumErr); {
	case err != nil:
		return 0, false, err
	case exact && minimum > period:
		return 0, false, fmt.Errorf("the rule's parameters ask for exactly %d days (%s) and for at least %d (%s): take one of them out of the settings",
			period, parameterRetentionPeriod, minimum, parameterRetentionMinimum)
	case exact:
		return period, true, nil
	}
	return minimum, false, nil
}

// write has RDS apply the change at once where it would wait for the maintenance window otherwise: between no backups and
// some. Every other change RDS makes as soon as it can.
func (r rdsBackup) write(ctx context.Context, target resource.Resource, _, to backups) error {
	instance, err := r.find(ctx, target)
	if err != nil {
		return err
	}
	current, err := newBackups(instance)
	if err != nil || current.Days == to.Days {
		return err
	}
	change := rds.ModifyDBInstanceInput{BackupRetentionPeriod: aws.Int32(int32(to.Days))} //nolint:gosec // at most 35
	if aws.ToInt32(instance.BackupRetentionPeriod) == 0 || to.Days == 0 {
		change.ApplyImmediately = aws.Bool(true)
	}
	return r.modify(ctx, instance, change)
}

func (r rdsBackup) read(ctx context.Context, target resource.Resource) (backups, error) {
	instance, err := r.find(ctx, target)
	if err != nil {
		return backups{}, err
	}
	return newBackups(instance)
}

// newBackups takes days that are on their way for those of the instance.
func newBackups(instance types.DBInstance) (backups, error) {
	days := instance.BackupRetentionPeriod
	if pending := instance.PendingModifiedValues; pending != nil && pending.BackupRetentionPeriod != nil {
		days = pending.BackupRetentionPeriod
	}
	if days == nil {
		return backups{}, fmt.Errorf("reading DB instance %s: the answer has no backup retention", *instance.DbiResourceId)
	}
	return backups{
		Days: int(*days), Cluster: clusterOf(instance),
		Replica: aws.ToString(instance.ReadReplicaSourceDBInstanceIdentifier) != "" ||
			aws.ToString(instance.ReadReplicaSourceDBClusterIdentifier) != "",
	}, nil
}
