package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// fakeKMS is one key.
type fakeKMS struct {
	key      *types.KeyMetadata
	enabled  bool
	period   *int32
	tags     [][]types.Tag // by page
	unmarked bool          // an answer does not say where it goes on
	errs     map[string]error
	enabling []*kms.EnableKeyRotationInput
	disabled int
}

func (f *fakeKMS) DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error) {
	return &kms.DescribeKeyOutput{KeyMetadata: f.key}, f.errs["DescribeKey"]
}

func (f *fakeKMS) GetKeyRotationStatus(
	context.Context, *kms.GetKeyRotationStatusInput, ...func(*kms.Options),
) (*kms.GetKeyRotationStatusOutput, error) {
	return &kms.GetKeyRotationStatusOutput{KeyRotationEnabled: f.enabled, RotationPeriodInDays: f.period}, f.errs["GetKeyRotationStatus"]
}

func (f *fakeKMS) EnableKeyRotation(
	_ context.Context, in *kms.EnableKeyRotationInput, _ ...func(*kms.Options),
) (*kms.EnableKeyRotationOutput, error) {
	if err := f.errs["EnableKeyRotation"]; err != nil {
		return nil, err
	}
	f.enabling, f.enabled, f.period = append(f.enabling, in), true, aws.Int32(365)
	if in.RotationPeriodInDays != nil {
		f.period = in.RotationPeriodInDays
	}
	return &kms.EnableKeyRotationOutput{}, nil
}

func (f *fakeKMS) DisableKeyRotation(context.Context, *kms.DisableKeyRotationInput, ...func(*kms.Options)) (*kms.DisableKeyRotationOutput, error) {
	if err := f.errs["DisableKeyRotation"]; err != nil {
		return nil, err
	}
	f.disabled++
	f.enabled = false
	return &kms.DisableKeyRotationOutput{}, nil
}

func (f *fakeKMS) ListResourceTags(_ context.Context, in *kms.ListResourceTagsInput, _ ...func(*kms.Options)) (*kms.ListResourceTagsOutput, error) {
	if err := f.errs["ListResourceTags"]; err != nil {
		return nil, err
	}
	page := len(aws.ToString(in.Marker))
	out := &kms.ListResourceTagsOutput{Tags: f.tags[page], Truncated: page+1 < len(f.tags)}
	if out.Truncated && !f.unmarked {
		out.NextMarker = aws.String(aws.ToString(in.Marker) + "x")
	}
	return out, nil
}

var _ = Describe("The remediation of KMS keys' rotation", func() {
	ctx := context.Background()
	target := resource.Resource{Type: "AWS::KMS::Key", ID: "k-1", Account: account, Region: "us-east-1"}
	replica := func(kind types.MultiRegionKeyType) *types.MultiRegionConfiguration {
		return &types.MultiRegionConfiguration{MultiRegionKeyType: kind, PrimaryKey: &types.MultiRegionKey{Region: aws.String("eu-west-1")}}
	}
	var cloud *fakeKMS
	var fix remediation.Remediation

	BeforeEach(func() {
		cloud = &fakeKMS{errs: map[string]error{}, tags: [][]types.Tag{{}}, key: &types.KeyMetadata{
			KeyId: aws.String("k-1"), KeyManager: types.KeyManagerTypeCustomer, KeySpec: types.KeySpecSymmetricDefault,
			Origin: types.OriginTypeAwsKms, KeyState: types.KeyStateEnabled,
		}}
		fix = remediation.All(remediation.Clients{KMS: cloud}, keyARN)[remediation.KMSRotation]
	})

	It("should turn rotation on, and off again to undo that", func() {
		plan := undone(fix, target, nil)
		Expect(plan.Changes).To(Equal([]remediation.Change{{Property: "KeyRotationEnabled", Before: "false", After: "true"}}))
		Expect(plan.After).To(MatchJSON(
			`{"enabled":true,"keyManager":"CUSTOMER","keySpec":"SYMMETRIC_DEFAULT","origin":"AWS_KMS","keyState":"Enabled"}`))
		Expect(cloud.enabling[0]).To(Equal(&kms.EnableKeyRotationInput{KeyId: aws.String("k-1")}))
		Expect(cloud.disabled).To(Equal(2))
	})

	It("should keep a period that the key has", func() {
		cloud.period = aws.Int32(90)
		plan := undone(fix, target, nil)
		Expect(plan.Changes).To(HaveLen(1))
		Expect(cloud.enabling[0].RotationPeriodInDays).To(Equal(aws.Int32(90)))
	})

	It("should turn it on for a key that others are replicas of", func() {
		cloud.key.MultiRegion, cloud.key.MultiRegionConfiguration = aws.Bool(true), replica(types.MultiRegionKeyTypePrimary)
		plan, err := planned(fix, target)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(HaveLen(1))
	})

	It("should leave alone a key that is rotated, even while it is disabled", func() {
		cloud.enabled, cloud.key.KeyState = true, types.KeyStateDisabled
		plan, err := planned(fix, target)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(BeEmpty())
	})

	DescribeTable("should say why it can't turn it on for",
		func(alter func(key *types.KeyMetadata), why string) {
			alter(cloud.key)
			Expect(planned(fix, target)).Error().To(MatchError(ContainSubstring(why)))
			Expect(cloud.enabling).To(BeEmpty())
		},
		Entry("a key of AWS's", func(k *types.KeyMetadata) { k.KeyManager = types.KeyManagerTypeAws }, "managed by AWS"),
		Entry("an asymmetric key", func(k *types.KeyMetadata) { k.KeySpec = types.KeySpecRsa2048 }, "its spec is RSA_2048"),
		Entry("imported material", func(k *types.KeyMetadata) { k.Origin = types.OriginTypeExternal }, "its material is from EXTERNAL"),
		Entry("a replica", func(k *types.KeyMetadata) {
			k.MultiRegion, k.MultiRegionConfiguration = aws.Bool(true), replica(types.MultiRegionKeyTypeReplica)
		}, "its primary key in eu-west-1"),
		Entry("a disabled key", func(k *types.KeyMetadata) { k.KeyState = types.KeyStateDisabled }, "while its state is Disabled"),
		Entry("a key that is to be deleted", func(k *types.KeyMetadata) { k.KeyState = types.KeyStatePendingDeletion },
			"while its state is PendingDeletion"),
	)

	DescribeTable("should not plan from what it could not read",
		func(spoil func(), wanted OmegaMatcher) {
			spoil()
			Expect(fix.Read(ctx, target)).Error().To(wanted)
		},
		Entry("when KMS does not let it see the key", func() { cloud.errs["DescribeKey"] = answer("AccessDeniedException") },
			And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
		Entry("when KMS does not let it see the rotation", func() { cloud.errs["GetKeyRotationStatus"] = answer("AccessDeniedException") },
			And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
		Entry("when the key is gone", func() { cloud.errs["DescribeKey"] = answer("NotFoundException") }, MatchError(remediation.ErrGone)),
		Entry("when the key goes", func() { cloud.errs["GetKeyRotationStatus"] = answer("NotFoundException") }, MatchError(remediation.ErrGone)),
		Entry("when the answer is empty", func() { cloud.key = nil }, MatchError(ContainSubstring("not about this key"))),
		Entry("when the answer is about another key", func() { cloud.key.KeyId = aws.String("k-2") }, MatchError(ContainSubstring("not about this key"))),
		Entry("when it has no manager", func() { cloud.key.KeyManager = "" }, MatchError(ContainSubstring("the answer lacks"))),
		Entry("when it has no spec", func() { cloud.key.KeySpec = "" }, MatchError(ContainSubstring("the answer lacks"))),
		Entry("when it has no origin", func() { cloud.key.Origin = "" }, MatchError(ContainSubstring("the answer lacks"))),
		Entry("when it has no state", func() { cloud.key.KeyState = "" }, MatchError(ContainSubstring("the answer lacks"))),
		Entry("when it has no primary key", func() { cloud.key.MultiRegion = aws.Bool(true) }, MatchError(ContainSubstring("primary key"))),
	)

	It("should pass on KMS's refusals to write", func() {
		plan, err := planned(fix, target)
		Expect(err).NotTo(HaveOccurred())
		cloud.errs["EnableKeyRotation"], cloud.errs["DisableKeyRotation"] = answer("A"), answer("B")
		Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(MatchError(cloud.errs["EnableKeyRotation"]))
		Expect(fix.Write(ctx, target, plan.After, plan.Before)).To(MatchError(cloud.errs["DisableKeyRotation"]))
	})

	Context("when reading tags", func() {
		tag := func(key, value string) types.Tag {
			return types.Tag{TagKey: aws.String(key), TagValue: aws.String(value)}
		}

		It("should return those of all pages", func() {
			cloud.tags = [][]types.Tag{{tag("a", "1")}, {}, {tag("b", "")}}
			Expect(fix.Tags(ctx, target)).To(Equal(map[string]string{"a": "1", "b": ""}))
		})

		DescribeTable("should not take for none what it could not read",
			func(spoil func(), wanted OmegaMatcher) {
				cloud.tags = [][]types.Tag{{tag("a", "1")}, {tag("b", "2")}}
				spoil()
				Expect(fix.Tags(ctx, target)).Error().To(wanted)
			},
			Entry("when KMS does not let it", func() { cloud.errs["ListResourceTags"] = answer("AccessDeniedException") },
				And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
			Entry("when the key is gone", func() { cloud.errs["ListResourceTags"] = answer("NotFoundException") }, MatchError(remediation.ErrGone)),
			Entry("when the answer has no list", func() { cloud.tags[1] = nil }, MatchError(ContainSubstring("has no list of them"))),
			Entry("when the answer does not say where it goes on", func() { cloud.unmarked = true }, MatchError(ContainSubstring("not where it goes on"))),
		)
	})
})
