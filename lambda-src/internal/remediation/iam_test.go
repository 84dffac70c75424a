package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// fakeIAM is an account's password policy, and none when it is nil.
type fakeIAM struct {
	policy  *types.PasswordPolicy
	empty   bool
	errs    map[string]error
	written []string
}

func (f *fakeIAM) GetAccountPasswordPolicy(
	context.Context, *iam.GetAccountPasswordPolicyInput, ...func(*iam.Options),
) (*iam.GetAccountPasswordPolicyOutput, error) {
	if err := f.errs["GetAccountPasswordPolicy"]; err != nil {
		return nil, err
	}
	if f.policy == nil && !f.empty {
		return nil, answer("NoSuchEntity")
	}
	return &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: f.policy}, nil
}

func (f *fakeIAM) UpdateAccountPasswordPolicy(
	_ context.Context, in *iam.UpdateAccountPasswordPolicyInput, _ ...func(*iam.Options),
) (*iam.UpdateAccountPasswordPolicyOutput, error) {
	if err := f.errs["UpdateAccountPasswordPolicy"]; err != nil {
		return nil, err
	}
	f.written = append(f.written, "update")
	f.policy = &types.PasswordPolicy{
		MinimumPasswordLength: in.MinimumPasswordLength, RequireLowercaseCharacters: in.RequireLowercaseCharacters,
		RequireUppercaseCharacters: in.RequireUppercaseCharacters, RequireNumbers: in.RequireNumbers, RequireSymbols: in.RequireSymbols,
		ExpirePasswords: in.MaxPasswordAge != nil, MaxPasswordAge: in.MaxPasswordAge, PasswordReusePrevention: in.PasswordReusePrevention,
		HardExpiry: in.HardExpiry, AllowUsersToChangePassword: in.AllowUsersToChangePassword,
	}
	return &iam.UpdateAccountPasswordPolicyOutput{}, nil
}

func (f *fakeIAM) DeleteAccountPasswordPolicy(
	context.Context, *iam.DeleteAccountPasswordPolicyInput, ...func(*iam.Options),
) (*iam.DeleteAccountPasswordPolicyOutput, error) {
	if err := f.errs["DeleteAccountPasswordPolicy"]; err != nil {
		return nil, err
	}
	if f.policy == nil {
		return nil, answer("NoSuchEntity")
	}
	f.written, f.policy = append(f.written, "delete"), nil
	return &iam.DeleteAccountPasswordPolicyOutput{}, nil
}

var _ = Describe("The remediation of the password policy", func() {
	ctx := context.Background()
	target := resource.Resource{Type: "AWS::::Account", ID: account, Account: account, Region: "us-east-1"}
	var cloud *fakeIAM
	var fix remediation.Remediation

	BeforeEach(func() {
		cloud = &fakeIAM{errs: map[string]error{}}
		fix = remediation.All(remediation.Clients{IAM: cloud}, keyARN)[remediation.IAMPasswordPolicy]
	})

	It("should raise what is too weak, keep the rest, and bring back what was", func() {
		before := types.PasswordPolicy{
			MinimumPasswordLength: aws.Int32(20), RequireNumbers: true, ExpirePasswords: true, MaxPasswordAge: aws.Int32(120),
			PasswordReusePrevention: aws.Int32(5), HardExpiry: aws.Bool(true), AllowUsersToChangePassword: true,
		}
		policy := before
		cloud.policy = &policy
		plan := undone(fix, target, remediation.Parameters{"RequireSymbols": "false"})
		Expect(plan.Changes).To(Equal([]remediation.Change{
			{Property: "RequireLowercaseCharacters", Before: "false", After: "true"},
			{Property: "RequireUppercaseCharacters", Before: "false", After: "true"},
			{Property: "MaxPasswordAge", Before: "120", After: "90"},
			{Property: "PasswordReusePrevention", Before: "5", After: "24"},
		}))
		Expect(plan.After).To(MatchJSON(`{"minimumPasswordLength":20,"requireLowercaseCharacters":true,"requireUppercaseCharacters":true,
			"requireNumbers":true,"maxPasswordAge":90,"passwordReusePrevention":24,"hardExpiry":true,"allowUsersToChangePassword":true}`))
		Expect(*cloud.policy).To(Equal(before))
	})

	It("should make a policy where there is none, and delete it to undo that", func() {
		plan := undone(fix, target, nil)
		Expect(plan.Before).To(MatchJSON(`{}`))
		Expect(plan.After).To(MatchJSON(`{"minimumPasswordLength":14,"requireLowercaseCharacters":true,"requireUppercaseCharacters":true,
			"requireNumbers":true,"requireSymbols":true,"maxPasswordAge":90,"passwordReusePrevention":24}`))
		Expect(plan.Changes).To(ContainElement(remediation.Change{Property: "MinimumPasswordLength", Before: "", After: "14"}))
		Expect(cloud.written).To(Equal([]string{"update", "update", "delete"}))
		Expect(cloud.policy).To(BeNil())
	})

	It("should bring back a policy under which passwords neither expire nor are remembered", func() {
		cloud.policy = &types.PasswordPolicy{MinimumPasswordLength: aws.Int32(6)}
		undone(fix, target, nil)
		Expect(*cloud.policy).To(Equal(types.PasswordPolicy{MinimumPasswordLength: aws.Int32(6), HardExpiry: aws.Bool(false)}))
	})

	It("should not make a policy that is weaker than IAM's default", func() {
		two := remediation.Parameters{"RequireSymbols": "false", "RequireNumbers": "false"}
		Expect(planned(fix, target, two)).Error().To(MatchError(ContainSubstring("weaker than IAM's default")))
		plan, err := planned(fix, target, remediation.Parameters{"RequireSymbols": "false", "MinimumPasswordLength": "6"})
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.After).To(ContainSubstring(`"minimumPasswordLength":8,`))
	})

	It("should weaken nothing, and demand what the rule does, whatever there is", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			g := NewWithT(t)
			before := types.PasswordPolicy{
				MinimumPasswordLength: aws.Int32(rapid.Int32Range(6, 128).Draw(t, "length")), RequireSymbols: rapid.Bool().Draw(t, "symbols"),
				MaxPasswordAge: aws.Int32(rapid.Int32Range(1, 1095).Draw(t, "age")), ExpirePasswords: true,
				PasswordReusePrevention: aws.Int32(rapid.Int32Range(1, 24).Draw(t, "reuse")), HardExpiry: aws.Bool(rapid.Bool().Draw(t, "hard")),
				AllowUsersToChangePassword: rapid.Bool().Draw(t, "change"),
			}
			cloud.policy = &before
			plan, err := planned(fix, target)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(fix.Write(ctx, target, plan.Before, plan.After)).To(Succeed())
			after := cloud.policy
			g.Expect(*after.MinimumPasswordLength).To(BeNumerically(">=", max(14, *before.MinimumPasswordLength)))
			g.Expect(*after.MaxPasswordAge).To(BeNumerically("<=", min(90, *before.MaxPasswordAge)))
			g.Expect(*after.PasswordReusePrevention).To(BeNumerically("==", 24))
			g.Expect(after.RequireLowercaseCharacters && after.RequireUppercaseCharacters && after.RequireNumbers && after.RequireSymbols).To(BeTrue())
			g.Expect(after.HardExpiry).To(Equal(before.HardExpiry))
			g.Expect(after.AllowUsersToChangePassword).To(Equal(before.AllowUsersToChangePassword))
			again, err := planned(fix, target)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(again.Changes).To(BeEmpty())
		})
	})

	It("should report all parameters that it does not understand", func() {
		Expect(planned(fix, target, remediation.Parameters{
			"MinimumPasswordLength": "129", "MaxPasswordAge": "never", "PasswordReusePrevention": "0", "RequireNumbers": "True",
		})).Error().To(MatchError(And(
			ContainSubstring(`MinimumPasswordLength is "129": expected a whole number from 6 to 128`),
			ContainSubstring(`MaxPasswordAge is "never": expected a whole number from 1 to 1095`),
			ContainSubstring(`PasswordReusePrevention is "0": expected a whole number from 1 to 24`),
			ContainSubstring(`RequireNumbers is "True": expected true or false, in lower case`),
		)))
	})

	DescribeTable("should not take for no policy what it could not read",
		func(spoil func(), wanted OmegaMatcher) {
			cloud.policy = &types.PasswordPolicy{MinimumPasswordLength: aws.Int32(8), ExpirePasswords: true, MaxPasswordAge: aws.Int32(60)}
			spoil()
			Expect(fix.Read(ctx, target)).Error().To(wanted)
		},
		Entry("when IAM does not let it", func() { cloud.errs["GetAccountPasswordPolicy"] = answer("AccessDenied") }, HaveOccurred()),
		Entry("when the answer is empty", func() { cloud.policy, cloud.empty = nil, true }, MatchError(ContainSubstring("the answer lacks"))),
		Entry("when it has no length", func() { cloud.policy.MinimumPasswordLength = nil }, MatchError(ContainSubstring("the answer lacks"))),
		Entry("when passwords expire at no time", func() { cloud.policy.MaxPasswordAge = nil }, MatchError(ContainSubstring("the answer lacks"))),
	)

	It("should pass on IAM's refusals to write, and know no tags", func() {
		none, some := remediation.State(`{}`), remediation.State(`{"minimumPasswordLength":14}`)
		cloud.errs["UpdateAccountPasswordPolicy"], cloud.errs["DeleteAccountPasswordPolicy"] = answer("A"), answer("B")
		Expect(fix.Write(ctx, target, none, some)).To(MatchError(cloud.errs["UpdateAccountPasswordPolicy"]))
		Expect(fix.Write(ctx, target, some, none)).To(MatchError(cloud.errs["DeleteAccountPasswordPolicy"]))
		Expect(fix.Tags(ctx, target)).To(BeNil())
	})
})
