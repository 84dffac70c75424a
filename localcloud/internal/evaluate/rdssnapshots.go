package evaluate

import (
	"context"
	"slices"
)

// dbSnapshot is a snapshot of a DB instance or of a cluster.
type dbSnapshot struct {
	Name             string `xml:"DBSnapshotIdentifier"`
	Encrypted        bool
	ClusterName      string `xml:"DBClusterSnapshotIdentifier"`
	ClusterEncrypted bool   `xml:"StorageEncrypted"`
}

func (s dbSnapshot) id() string { return s.Name + s.ClusterName } // it has one of them

type dbSnapshotsPage struct {
	Instances []dbSnapshot `xml:"DescribeDBSnapshotsResult>DBSnapshots>DBSnapshot"`
	Clusters  []dbSnapshot `xml:"DescribeDBClusterSnapshotsResult>DBClusterSnapshots>DBClusterSnapshot"`
	Next      string       `xml:"DescribeDBSnapshotsResult>Marker"`
	NextOf    string       `xml:"DescribeDBClusterSnapshotsResult>Marker"`
}

func (p *dbSnapshotsPage) take() ([]dbSnapshot, string) {
	return append(p.Instances, p.Clusters...), p.Next + p.NextOf
}

// snapshots are the snapshots that an operation of RDS lists.
func snapshots(name, operation string) kind[dbSnapshot] {
	return kind[dbSnapshot]{
		name: name,
		id:   dbSnapshot.id,
		list: func(ctx context.Context, account *Account, _ string) ([]dbSnapshot, error) {
			return once(account, "rds "+operation, func() ([]dbSnapshot, error) {
				return rdsPages(ctx, account, operation, func() *dbSnapshotsPage { return &dbSnapshotsPage{} })
			})
		},
	}
}

var (
	instanceSnapshots = snapshots("AWS::RDS::DBSnapshot", "DescribeDBSnapshots")
	clusterSnapshots  = snapshots("AWS::RDS::DBClusterSnapshot", "DescribeDBClusterSnapshots")
)

var rdsSnapshotRules = map[string][]check{
	"RDS_SNAPSHOT_ENCRYPTED":          {each(instanceSnapshots, snapshotEncrypted), each(clusterSnapshots, snapshotEncrypted)},
	"RDS_SNAPSHOTS_PUBLIC_PROHIBITED": {probe(instanceSnapshots, snapshotPrivate), probe(clusterSnapshots, snapshotPrivate)},
}

func snapshotEncrypted(snapshot dbSnapshot, _ *parameters) Outcome {
	return require(snapshot.Encrypted || snapshot.ClusterEncrypted, "The snapshot is not encrypted.")
}

// snapshotPrivate wants that not everybody may restore a snapshot.
func snapshotPrivate(ctx context.Context, account *Account, snapshot dbSnapshot, _ *parameters) (Outcome, error) {
	operation, parameter := "DescribeDBSnapshotAttributes", "DBSnapshotIdentifier"
	if snapshot.ClusterName != "" {
		operation, parameter = "DescribeDBClusterSnapshotAttributes", "DBClusterSnapshotIdentifier"
	}
	type attribute struct {
		Name   string   `xml:"AttributeName"`
		Values []string `xml:"AttributeValues>AttributeValue"`
	}
	type clusterAnswer struct {
		Attributes []attribute `xml:"DBClusterSnapshotAttributesResult>DBClusterSnapshotAttributes>DBClusterSnapshotAttribute"`
	}
	var out struct {
		Instance []attribute   `xml:"DescribeDBSnapshotAttributesResult>DBSnapshotAttributesResult>DBSnapshotAttributes>DBSnapshotAttribute"`
		Cluster  clusterAnswer `xml:"DescribeDBClusterSnapshotAttributesResult"`
	}
	if err := account.query(ctx, "rds", rdsVersion, operation, &out, parameter, snapshot.id()); err != nil {
		return Outcome{}, err
	}
	for _, attribute := range append(out.Instance, out.Cluster.Attributes...) {
		if attribute.Name == "restore" && slices.Contains(attribute.Values, "all") {
			return require(false, "Everybody may restore the snapshot."), nil
		}
	}
	return require(true, ""), nil
}
