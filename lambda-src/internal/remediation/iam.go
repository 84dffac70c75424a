package remediation

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// IAMPasswordPolicy is the catalogue's name of the remediation.
const IAMPasswordPolicy = "iam-password-policy"

// IAM is what the remediation calls.
type IAM interface {
	GetAccountPasswordPolicy(
		ctx context.Context, in *iam.GetAccountPasswordPolicyInput, options ...func(*iam.Options),
	) (*iam.GetAccountPasswordPolicyOutput, error)
	UpdateAccountPasswordPolicy(
		ctx context.Context, in *iam.UpdateAccountPasswordPolicyInput, options ...func(*iam.Options),
	) (*iam.UpdateAccountPasswordPolicyOutput, error)
	DeleteAccountPasswordPolicy(
		ctx context.Context, in *iam.DeleteAccountPasswordPolicyInput, options ...func(*iam.Options),
	) (*iam.DeleteAccountPasswordPolicyOutput, error)
}

// newIAMPasswordPolicy raises the account's password policy to what the rule demands.
func newIAMPasswordPolicy(client IAM) Remediation {
	calls := iamPasswords{client: client}
	return remedy[passwords]{
		tags: untagged, read: calls.read, write: calls.write, properties: passwords.properties,
		plan: func(_ resource.Resource, current passwords, parameters Parameters) (passwords, error) {
			return planPasswords(current, parameters)
		},
	}
}

type iamPasswords struct{ client IAM }

// passwords is the account's password policy. The zero one is none: IAM's default one holds.
type passwords struct {
	Length     int32 `json:"minimumPasswordLength,omitempty"` // never 0 in a policy
	Lowercase  bool  `json:"requireLowercaseCharacters,omitempty"`
	Uppercase  bool  `json:"requireUppercaseCharacters,omitempty"`
	Numbers    bool  `json:"requireNumbers,omitempty"`
	Symbols    bool  `json:"requireSymbols,omitempty"`
	MaxAge     int32 `json:"maxPasswordAge,omitempty"`          // days; 0: passwords do not expire
	Reuse      int32 `json:"passwordReusePrevention,omitempty"` // how many earlier passwords are refused
	HardExpiry bool  `json:"hardExpiry,omitempty"`              // a write replaces these two, too, so they are kept
	Change     bool  `json:"allowUsersToChangePassword,omitempty"`
}

func (p passwords) properties() []property {
	number := func(n int32) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(int(n))
	}
	return []property{
		{"MinimumPasswordLength", number(p.Length)},
		{"RequireLowercaseCharacters", strconv.FormatBool(p.Lowercase)},
		{"RequireUppercaseCharacters", strconv.FormatBool(p.Uppercase)},
		{"RequireNumbers", strconv.FormatBool(p.Numbers)},
		{"RequireSymbols", strconv.FormatBool(p.Symbols)},
		{"MaxPasswordAge", number(p.MaxAge)},
		{"PasswordReusePrevention", number(p.Reuse)},
		{"HardExpiry", strconv.FormatBool(p.HardExpiry)},
		{"AllowUsersToChangePassword", strconv.FormatBool(p.Change)},
	}
}

func (i iamPasswords) write(ctx context.Context, _ resource.Resource, _, to passwords) error {
	if to == (passwords{}) {
		_, err := i.client.DeleteAccountPasswordPolicy(ctx, &iam.DeleteAccountPasswordPolicyInput{})
		if err != nil && !awserr.IsNoPasswordPolicy(err) {
			return fmt.Errorf("deleting the account's password policy: %w", err)
		}
		return nil
	}
	if _, err := i.client.UpdateAccountPasswordPolicy(ctx, to.update()); err != nil {
		return fmt.Errorf("setting the account's password policy: %w", err)
	}
	return nil
}

// update is the policy as IAM takes it: with every part, since IAM puts a default of its own in place of what is left out.
func (p passwords) update() *iam.UpdateAccountPasswordPolicyInput {
	in := &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(p.Length), HardExpiry: aws.Bool(p.HardExpiry), AllowUsersToChangePassword: p.Change,
		RequireLowercaseCharacters: p.Lowercase, RequireUppercaseCharacters: p.Uppercase, RequireNumbers: p.Numbers, RequireSymbols: p.Symbols,
	}
	if p.MaxAge != 0 {
		in.MaxPasswordAge = aws.Int32(p.MaxAge)
	}
	if p.Reuse != 0 {
		in.PasswordReusePrevention = aws.Int32(p.Reuse)
	}
	return in
}

func (i iamPasswords) read(ctx context.Context, _ resource.Resource) (passwords, error) {
	out, err := i.client.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	if awserr.IsNoPasswordPolicy(err) {
		return passwords{}, nil
	}
	if err != nil {
		return passwords{}, fmt.Errorf("reading the account's password policy: %w", err)
	}
	policy := out.PasswordPolicy
	if policy == nil || aws.ToInt32(policy.MinimumPasswordLength) == 0 || policy.ExpirePasswords && aws.ToInt32(policy.MaxPasswordAge) == 0 {
		return passwords{}, fmt.Errorf("reading the account's password policy: the answer lacks the length of passwords, or when they expire")
	}
	return passwords{
		Length: *policy.MinimumPasswordLength, Lowercase: policy.RequireLowercaseCharacters, Uppercase: policy.RequireUppercaseCharacters,
		Numbers: policy.RequireNumbers, Symbols: policy.RequireSymbols, MaxAge: aws.ToInt32(policy.MaxPasswordAge),
		Reuse: aws.ToInt32(policy.PasswordReusePrevention), HardExpiry: aws.ToBool(policy.HardExpiry), Change: policy.AllowUsersToChangePassword,
	}, nil
}
