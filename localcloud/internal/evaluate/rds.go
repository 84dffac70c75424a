package evaluate

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

const rdsVersion = "2014-10-31"

// dbInstance is an RDS DB instance. AWS Config names it by its resource id, not by its identifier.
type dbInstance struct {
	ResourceID     string `xml:"DbiResourceId"`
	Engine         string
	Retention      int    `xml:"BackupRetentionPeriod"`
	BackupWindow   string `xml:"PreferredBackupWindow"`
	ReplicaOf      string `xml:"ReadReplicaSourceDBInstanceIdentifier"`
	Encrypted      bool   `xml:"StorageEncrypted"`
	Key            string `xml:"KmsKeyId"`
	Public         bool   `xml:"PubliclyAccessible"`
	MinorUpgrades  bool   `xml:"AutoMinorVersionUpgrade"`
	MultiAZ        bool
	Protected      bool   `xml:"DeletionProtection"`
	Tags           []tag  `xml:"TagList>Tag"`
	ClusterOfItsDB string `xml:"DBClusterIdentifier"`
}

var dbInstances = kind[dbInstance]{
	name: "AWS::RDS::DBInstance",
	id:   func(instance dbInstance) string { return instance.ResourceID },
	list: func(ctx context.Context, account *Account, _ string) ([]dbInstance, error) {
		return once(account, "rds instances", func() ([]dbInstance, error) {
			return rdsPages(ctx, account, "DescribeDBInstances", func() *dbInstancesPage { return &dbInstancesPage{} })
		})
	},
}

type dbInstancesPage struct {
	Instances []dbInstance `xml:"DescribeDBInstancesResult>DBInstances>DBInstance"`
	Next      string       `xml:"DescribeDBInstancesResult>Marker"`
}

func (p *dbInstancesPage) take() ([]dbInstance, string) { return p.Instances, p.Next }

// rdsPages reads all pages of a list.
func rdsPages[T any, P interface{ take() ([]T, string) }](ctx context.Context, account *Account, action string, page func() P) ([]T, error) {
	var all []T
	parameters := []string{}
	for {
		out := page()
		if err := account.query(ctx, "rds", rdsVersion, action, out, parameters...); err != nil {
			return nil, err
		}
		some, next := out.take()
		all = append(all, some...)
		if next == "" {
			return all, nil
		}
		if unescaped, err := url.QueryUnescape(next); err == nil {
			next = unescaped
		}
		parameters = []string{"Marker", next}
	}
}

var rdsRules = map[string][]check{
	"DB_INSTANCE_BACKUP_ENABLED": {each(dbInstances, backedUp)},
	"RDS_STORAGE_ENCRYPTED":      {each(dbInstances, storageEncrypted)},
	"RDS_INSTANCE_PUBLIC_ACCESS_CHECK": {each(dbInstances, func(instance dbInstance, _ *parameters) Outcome {
		return require(!instance.Public, "The DB instance is publicly accessible.")
	})},
	"RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED": {each(dbInstances, func(instance dbInstance, _ *parameters) Outcome {
		return require(instance.MinorUpgrades, "Automatic minor version upgrades are not enabled.")
	})},
	"RDS_MULTI_AZ_SUPPORT": {each(dbInstances, func(instance dbInstance, _ *parameters) Outcome {
		if strings.HasPrefix(instance.Engine, "aurora") || instance.ClusterOfItsDB != "" {
			return notFor("The rule does not look at members of clusters.")
		}
		return require(instance.MultiAZ, "The DB instance is not deployed in several availability zones.")
	})},
	"RDS_INSTANCE_DELETION_PROTECTION_ENABLED": {each(dbInstances, func(instance dbInstance, given *parameters) Outcome {
		if engines := given.list("databaseEngines"); len(engines) > 0 && !slices.Contains(engines, instance.Engine) {
			return notFor("databaseEngines does not list the engine.")
		}
		return require(instance.Protected, "Deletion protection is not enabled.")
	})},
}

func backedUp(instance dbInstance, given *parameters) Outcome {
	if instance.ReplicaOf != "" && !given.flag("checkReadReplicas", true) {
		return notFor("Read replicas are not checked.")
	}
	minimum, exactly := given.number("backupRetentionMinimum", 1), given.number("backupRetentionPeriod", 0)
	window := given.text("preferredBackupWindow")
	switch {
	case instance.Retention == 0:
		return require(false, "Backups are not enabled.")
	case instance.Retention < minimum:
		return require(false, "Backups are kept for %d days, fewer than %d.", instance.Retention, minimum)
	case exactly != 0 && instance.Retention != exactly:
		return require(false, "Backups are kept for %d days, not %d.", instance.Retention, exactly)
	}
	return require(window == "" || strings.EqualFold(window, instance.BackupWindow),
		"Backups are taken in the window %s, not %s.", instance.BackupWindow, window)
}

func storageEncrypted(instance dbInstance, given *parameters) Outcome {
	if !instance.Encrypted {
		return require(false, "The storage is not encrypted.")
	}
	key := given.text("kmsKeyId")
	return require(key == "" || sameKey(key, instance.Key), "The storage is encrypted with another key than %s.", key)
}

// sameKey says whether two names are of the same KMS key: one may be its id, the other its ARN.
func sameKey(one, other string) bool {
	id := func(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
	return id(one) == id(other)
}
