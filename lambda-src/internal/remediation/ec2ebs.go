package remediation

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// EBSDefaultEncryption is the catalogue's name of the remediation.
const EBSDefaultEncryption = "ebs-default-encryption"

// EBSEncryption is what the remediation calls.
type EBSEncryption interface {
	GetEbsEncryptionByDefault(
		ctx context.Context, in *ec2.GetEbsEncryptionByDefaultInput, options ...func(*ec2.Options),
	) (*ec2.GetEbsEncryptionByDefaultOutput, error)
	EnableEbsEncryptionByDefault(
		ctx context.Context, in *ec2.EnableEbsEncryptionByDefaultInput, options ...func(*ec2.Options),
	) (*ec2.EnableEbsEncryptionByDefaultOutput, error)
	DisableEbsEncryptionByDefault(
		ctx context.Context, in *ec2.DisableEbsEncryptionByDefaultInput, options ...func(*ec2.Options),
	) (*ec2.DisableEbsEncryptionByDefaultOutput, error)
}

// newEBSDefaultEncryption makes the region encrypt new volumes, with the key that it has for that.
func newEBSDefaultEncryption(client EBSEncryption) Remediation {
	calls := ebsEncryption{client: client}
	return remedy[volumes]{
		tags: untagged, read: calls.read, write: calls.write, properties: volumes.properties,
		plan: func(_ resource.Resource, _ volumes, _ Parameters) (volumes, error) {
			return volumes{Encrypted: true}, nil
		},
	}
}

// untagged is for what can't have tags, such as a setting of the account.
func untagged(context.Context, resource.Resource) (map[string]string, error) { return nil, nil }

type ebsEncryption struct{ client EBSEncryption }

// volumes is how the region makes new EBS volumes.
type volumes struct {
	Encrypted bool `json:"encrypted"`
}

func (v volumes) properties() []property {
	return []property{{"EbsEncryptionByDefault", strconv.FormatBool(v.Encrypted)}}
}

func (e ebsEncryption) write(ctx context.Context, _ resource.Resource, _, to volumes) error {
	var err error
	if to.Encrypted {
		_, err = e.client.EnableEbsEncryptionByDefault(ctx, &ec2.EnableEbsEncryptionByDefaultInput{})
	} else {
		_, err = e.client.DisableEbsEncryptionByDefault(ctx, &ec2.DisableEbsEncryptionByDefaultInput{})
	}
	if err != nil {
		return fmt.Errorf("setting EBS's encryption by default: %w", err)
	}
	return nil
}

func (e ebsEncryption) read(ctx context.Context, _ resource.Resource) (volumes, error) {
	out, err := e.client.GetEbsEncryptionByDefault(ctx, &ec2.GetEbsEncryptionByDefaultInput{})
	if err != nil {
		return volumes{}, fmt.Errorf("reading EBS's encryption by default: %w", err)
	}
	if out.EbsEncryptionByDefault == nil {
		return volumes{}, errors.New("reading EBS's encryption by default: the answer does not say whether it is on")
	}
	return volumes{Encrypted: *out.EbsEncryptionByDefault}, nil
}
