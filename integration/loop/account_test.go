package loop_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

const accountType = "AWS::::Account"

// accountBreakages are about what the account has once. It is made compliant first, so that AWS Config has a change to tell.
var accountBreakages = []breakage{
	{rule: "ebs-default-encryption", kind: accountType, periodic: true, make: breakVolumes, state: volumesState, broken: "false", fixed: "true"},
	{
		rule: "iam-password-policy", kind: accountType, periodic: true, make: breakPasswords, state: passwordsState,
		broken: "NoSuchEntity", fixed: "14 90 24 true true true true",
	},
}

func breakVolumes(ctx context.Context) string {
	GinkgoHelper()
	ok(instances.EnableEbsEncryptionByDefault(ctx, &ec2.EnableEbsEncryptionByDefaultInput{}))
	becomes(ctx, "ebs-default-encryption", true, thing{accountType, stage.Account}, compliant)
	ok(instances.DisableEbsEncryptionByDefault(ctx, &ec2.DisableEbsEncryptionByDefaultInput{}))
	return stage.Account
}

func volumesState(ctx context.Context, _ string) string {
	GinkgoHelper()
	found := must(instances.GetEbsEncryptionByDefault(ctx, &ec2.GetEbsEncryptionByDefaultInput{}))
	return fmt.Sprint(*found.EbsEncryptionByDefault)
}

func breakPasswords(ctx context.Context) string {
	GinkgoHelper()
	ok(clients.IAM.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(20), MaxPasswordAge: aws.Int32(30), PasswordReusePrevention: aws.Int32(24),
		RequireLowercaseCharacters: true, RequireUppercaseCharacters: true, RequireNumbers: true, RequireSymbols: true,
	}))
	becomes(ctx, "iam-password-policy", true, thing{accountType, stage.Account}, compliant)
	ok(clients.IAM.DeleteAccountPasswordPolicy(ctx, &iam.DeleteAccountPasswordPolicyInput{}))
	return stage.Account
}

func passwordsState(ctx context.Context, _ string) string {
	GinkgoHelper()
	found, err := clients.IAM.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	if code := code(err); code != "" {
		return code
	}
	p := found.PasswordPolicy
	return fmt.Sprint(*p.MinimumPasswordLength, *p.MaxPasswordAge, *p.PasswordReusePrevention, p.RequireLowercaseCharacters,
		p.RequireUppercaseCharacters, p.RequireNumbers, p.RequireSymbols)
}
