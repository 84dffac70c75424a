package remediation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// KMSRotation is the catalogue's name of the remediation.
const KMSRotation = "kms-rotation"

// KMS is what the remediation calls.
type KMS interface {
	KMSTags
	DescribeKey(ctx context.Context, in *kms.DescribeKeyInput, options ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
	GetKeyRotationStatus(
		ctx context.Context, in *kms.GetKeyRotationStatusInput, options ...func(*kms.Options),
	) (*kms.GetKeyRotationStatusOutput, error)
	EnableKeyRotation(ctx context.Context, in *kms.EnableKeyRotationInput, options ...func(*kms.Options)) (*kms.EnableKeyRotationOutput, error)
	DisableKeyRotation(
		ctx context.Context, in *kms.DisableKeyRotationInput, options ...func(*kms.Options),
	) (*kms.DisableKeyRotationOutput, error)
}

// newKMSRotation makes KMS rotate a key's material. A period that the key has is kept.
func newKMSRotation(client KMS) Remediation {
	calls := kmsRotation{client: client}
	return remedy[rotation]{
		tags: keyTags(client), read: calls.read, write: calls.write, properties: rotation.properties,
		plan: func(_ resource.Resource, current rotation, _ Parameters) (rotation, error) {
			return planRotation(current)
		},
	}
}

type kmsRotation struct{ client KMS }

// rotation is whether KMS rotates a key's material, and what decides whether it can.
type rotation struct {
	Enabled bool   `json:"enabled,omitempty"`
	Period  int32  `json:"periodInDays,omitempty"` // 0 is a year, KMS's default
	Manager string `json:"keyManager"`
	Spec    string `json:"keySpec"`
	Origin  string `json:"origin"`
	State   string `json:"keyState"`
	Primary string `json:"primaryRegion,omitempty"` // of a replica: the region of the key that it is one of
}

// year is KMS's default period.
const year = 365

func (r rotation) properties() []property {
	period := r.Period
	if period == 0 {
		period = year
	}
	return []property{{"KeyRotationEnabled", strconv.FormatBool(r.Enabled)}, {"RotationPeriodInDays", strconv.Itoa(int(period))}}
}

// planRotation decides whether a key is to be rotated.
func planRotation(current rotation) (rotation, error) {
	if obstacle := current.obstacle(); obstacle != "" {
		return rotation{}, fmt.Errorf("KMS can't rotate it: %s; exempt it from the rule", obstacle)
	}
	if !current.Enabled && current.State != string(types.KeyStateEnabled) {
		return rotation{}, fmt.Errorf("KMS can't be told to rotate it while its state is %s: enable the key first, or exempt it from the rule",
			current.State)
	}
	current.Enabled = true
	return current, nil
}

// obstacle is why a key has no rotation that could be turned on, or "". AWS Config's rule does not look at most of these.
func (r rotation) obstacle() string {
	switch {
	case r.Manager != string(types.KeyManagerTypeCustomer):
		return "it is managed by AWS, which rotates it every year"
	case r.Spec != string(types.KeySpecSymmetricDefault):
		return "its spec is " + r.Spec + ", and only symmetric encryption keys are rotated"
	case r.Origin != string(types.OriginTypeAwsKms):
		return "its material is from " + r.Origin + ", and has to be replaced there"
	case r.Primary != "":
		return "it is a replica, and takes part in the rotation of its primary key in " + r.Primary
	default:
		return ""
	}
}

func (k kmsRotation) write(ctx context.Context, key resource.Resource, _, to rotation) error {
	var err error
	if to.Enabled {
		in := &kms.EnableKeyRotationInput{KeyId: aws.String(key.ID)}
		if to.Period != 0 {
			in.RotationPeriodInDays = aws.Int32(to.Period)
		}
		_, err = k.client.EnableKeyRotation(ctx, in)
	} else {
		_, err = k.client.DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: aws.String(key.ID)})
	}
	if err != nil {
		return fmt.Errorf("setting the rotation of key %s: %w", key.ID, err)
	}
	return nil
}

func (k kmsRotation) read(ctx context.Context, key resource.Resource) (rotation, error) {
	current, err := k.describe(ctx, key)
	if err != nil || current.obstacle() != "" {
		return current, err
	}
	out, err := k.client.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: aws.String(key.ID)})
	if awserr.IsNoSuchKMSKey(err) {
		err = ErrGone
	}
	if err != nil {
		return rotation{}, fmt.Errorf("reading the rotation of key %s: %w", key.ID, err)
	}
	current.Enabled, current.Period = out.KeyRotationEnabled, aws.ToInt32(out.RotationPeriodInDays)
	if current.Period == year {
		current.Period = 0
	}
	return current, nil
}

// describe reads what decides whether a key can be rotated.
func (k kmsRotation) describe(ctx context.Context, key resource.Resource) (rotation, error) {
	out, err := k.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(key.ID)})
	if awserr.IsNoSuchKMSKey(err) {
		err = ErrGone
	}
	if err != nil {
		return rotation{}, fmt.Errorf("reading key %s: %w", key.ID, err)
	}
	found := out.KeyMetadata
	if found == nil || aws.ToString(found.KeyId) != key.ID {
		return rotation{}, fmt.Errorf("reading key %s: the answer is not about this key", key.ID)
	}
	current := rotation{
		Manager: string(found.KeyManager), Spec: string(found.KeySpec), Origin: string(found.Origin), State: string(found.KeyState),
	}
	if slices.Contains([]string{current.Manager, current.Spec, current.Origin, current.State}, "") {
		return rotation{}, fmt.Errorf("reading key %s: the answer lacks its manager, spec, origin or state", key.ID)
	}
	if current.Primary, err = primary(found); err != nil {
		return rotation{}, fmt.Errorf("reading key %s: %w", key.ID, err)
	}
	return current, nil
}

// primary is the region of the key that a key is a replica of, or "".
func primary(key *types.KeyMetadata) (string, error) {
	if !aws.ToBool(key.MultiRegion) {
		return "", nil
	}
	regions := key.MultiRegionConfiguration
	if regions == nil || regions.PrimaryKey == nil || aws.ToString(regions.PrimaryKey.Region) == "" {
		return "", errors.New("the answer does not say which region has its primary key")
	}
	if regions.MultiRegionKeyType == types.MultiRegionKeyTypePrimary {
		return "", nil
	}
	return *regions.PrimaryKey.Region, nil
}
