package evaluate

import (
	"context"
	"regexp"
	"slices"
	"time"
)

const ec2Version = "2016-11-15"

// instance is an EC2 instance.
type instance struct {
	ID         string   `xml:"instanceId"`
	Type       string   `xml:"instanceType"`
	State      string   `xml:"instanceState>name"`
	Reason     string   `xml:"reason"` // of the last change of state, with its time
	VPC        string   `xml:"vpcId"`
	PublicIP   string   `xml:"ipAddress"`
	Addresses  []string `xml:"networkInterfaceSet>item>association>publicIp"`
	HTTPTokens string   `xml:"metadataOptions>httpTokens"`
	Tags       []tag    `xml:"tagSet>item"`
}

var instances = kind[instance]{
	name: "AWS::EC2::Instance",
	id:   func(i instance) string { return i.ID },
	list: func(ctx context.Context, account *Account, _ string) ([]instance, error) {
		return once(account, "ec2 instances", func() ([]instance, error) {
			var out struct {
				Instances []instance `xml:"reservationSet>item>instancesSet>item"`
			}
			err := account.query(ctx, "ec2", ec2Version, "DescribeInstances", &out)
			return slices.DeleteFunc(out.Instances, func(i instance) bool { return i.State == "terminated" }), err
		})
	},
}

// volume is an EBS volume.
type volume struct {
	ID          string   `xml:"volumeId"`
	Encrypted   bool     `xml:"encrypted"`
	Key         string   `xml:"kmsKeyId"`
	Attachments []string `xml:"attachmentSet>item>instanceId"`
	Tags        []tag    `xml:"tagSet>item"`
}

var volumes = kind[volume]{
	name: "AWS::EC2::Volume",
	id:   func(v volume) string { return v.ID },
	list: func(ctx context.Context, account *Account, _ string) ([]volume, error) {
		return once(account, "ec2 volumes", func() ([]volume, error) {
			var out struct {
				Volumes []volume `xml:"volumeSet>item"`
			}
			err := account.query(ctx, "ec2", ec2Version, "DescribeVolumes", &out)
			return out.Volumes, err
		})
	},
}

var ec2Rules = map[string][]check{
	"DESIRED_INSTANCE_TYPE": {each(instances, func(i instance, given *parameters) Outcome {
		return require(slices.Contains(given.list("instanceType"), i.Type), "The instance type %s is not a desired one.", i.Type)
	})},
	"EC2_IMDSV2_CHECK": {each(instances, func(i instance, _ *parameters) Outcome {
		return require(i.HTTPTokens == "required", "The instance does not require version 2 of the metadata service.")
	})},
	"EC2_INSTANCE_NO_PUBLIC_IP": {each(instances, func(i instance, _ *parameters) Outcome {
		return require(i.PublicIP == "" && len(i.Addresses) == 0, "The instance has a public IP address.")
	})},
	"INSTANCES_IN_VPC": {each(instances, func(i instance, given *parameters) Outcome {
		wanted := given.text("vpcId")
		return require(i.VPC != "" && (wanted == "" || wanted == i.VPC), "The instance is not in the VPC.")
	})},
	"EC2_STOPPED_INSTANCE": {probe(instances, notStoppedForLong)},
	"ENCRYPTED_VOLUMES":    {each(volumes, volumeEncrypted)},
	"EC2_EBS_ENCRYPTION_BY_DEFAULT": whole(func(ctx context.Context, account *Account, _ *parameters) (Outcome, error) {
		var out struct {
			Enabled bool `xml:"ebsEncryptionByDefault"`
		}
		err := account.query(ctx, "ec2", ec2Version, "GetEbsEncryptionByDefault", &out)
		return require(out.Enabled, "EBS encryption by default is not enabled in the region."), err
	}),
	"EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK": whole(snapshotsPrivate),
}

// volumeEncrypted looks at volumes that are attached.
func volumeEncrypted(v volume, given *parameters) Outcome {
	key := given.text("kmsId")
	switch {
	case len(v.Attachments) == 0:
		return notFor("The volume is not attached to an instance.")
	case !v.Encrypted:
		return require(false, "The volume is not encrypted.")
	}
	return require(key == "" || sameKey(key, v.Key), "The volume is encrypted with another key than %s.", key)
}

// since finds the time in the reason of a change of state: User initiated (2026-01-01 00:00:00 UTC).
var since = regexp.MustCompile(`\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) [A-Z]+\)`)

func notStoppedForLong(_ context.Context, account *Account, i instance, given *parameters) (Outcome, error) {
	days := given.number("AllowedDays", 30)
	if i.State != "stopped" {
		return require(true, ""), nil
	}
	found := since.FindStringSubmatch(i.Reason)
	if found == nil {
		return notFor("The instance does not say since when it is stopped."), nil
	}
	stopped, err := time.Parse(time.DateTime, found[1])
	return require(account.now.Sub(stopped) <= time.Duration(days)*day,
		"The instance has been stopped for longer than %d days.", days), err
}

const day = 24 * time.Hour

// snapshotsPrivate wants that nobody else may restore any of the account's own snapshots.
func snapshotsPrivate(ctx context.Context, account *Account, _ *parameters) (Outcome, error) {
	var out struct {
		Snapshots []struct {
			ID    string `xml:"snapshotId"`
			Owner string `xml:"ownerId"`
		} `xml:"snapshotSet>item"`
	}
	if err := account.query(ctx, "ec2", ec2Version, "DescribeSnapshots", &out, "Owner.1", "self"); err != nil {
		return Outcome{}, err
	}
	for _, snapshot := range out.Snapshots {
		if snapshot.Owner != AccountID {
			continue
		}
		var attribute struct {
			Groups []string `xml:"createVolumePermission>item>group"`
		}
		err := account.query(ctx, "ec2", ec2Version, "DescribeSnapshotAttribute", &attribute,
			"SnapshotId", snapshot.ID, "Attribute", "createVolumePermission")
		if err != nil && !gone(err) {
			return Outcome{}, err
		}
		if slices.Contains(attribute.Groups, "all") {
			return require(false, "Everybody may restore the snapshot %s.", snapshot.ID), nil
		}
	}
	return require(true, ""), nil
}
