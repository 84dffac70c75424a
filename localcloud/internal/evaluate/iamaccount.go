package evaluate

import (
	"context"
	"slices"
	"strings"
)

const iamVersion = "2010-05-08"

// iam asks IAM, which is in us-east-1 for all regions.
func (a *Account) iam(ctx context.Context, action string, output any, parameters ...string) error {
	global := *a
	global.region = "us-east-1"
	return global.query(ctx, "iam", iamVersion, action, output, parameters...)
}

var passwordRules = map[string][]check{
	"IAM_ROOT_ACCESS_KEY_CHECK": whole(func(ctx context.Context, account *Account, _ *parameters) (Outcome, error) {
		counts, err := account.iamSummary(ctx)
		return require(counts["AccountAccessKeysPresent"] == 0, "The root user has an access key."), err
	}),
	"ROOT_ACCOUNT_MFA_ENABLED": whole(func(ctx context.Context, account *Account, _ *parameters) (Outcome, error) {
		counts, err := account.iamSummary(ctx)
		return require(counts["AccountMFAEnabled"] == 1, "The root user has no MFA device."), err
	}),
	"ROOT_ACCOUNT_HARDWARE_MFA_ENABLED": whole(rootHardwareMFA),
	"IAM_PASSWORD_POLICY":               whole(checkPasswordPolicy),
}

// iamSummary is what IAM counts in the account.
func (a *Account) iamSummary(ctx context.Context) (map[string]int, error) {
	return once(a, "iam summary", func() (map[string]int, error) {
		var out struct {
			Entries []struct {
				Key   string `xml:"key"`
				Value int    `xml:"value"`
			} `xml:"GetAccountSummaryResult>SummaryMap>entry"`
		}
		err := a.iam(ctx, "GetAccountSummary", &out)
		counts := map[string]int{}
		for _, entry := range out.Entries {
			counts[entry.Key] = entry.Value
		}
		return counts, err
	})
}

func rootHardwareMFA(ctx context.Context, account *Account, _ *parameters) (Outcome, error) {
	counts, err := account.iamSummary(ctx)
	if err != nil || counts["AccountMFAEnabled"] != 1 {
		return require(false, "The root user has no MFA device."), err
	}
	var out struct {
		Serials []string `xml:"ListVirtualMFADevicesResult>VirtualMFADevices>member>SerialNumber"`
	}
	err = account.iam(ctx, "ListVirtualMFADevices", &out)
	virtual := slices.ContainsFunc(out.Serials, func(serial string) bool { return strings.HasSuffix(serial, ":mfa/root-account-mfa-device") })
	return require(!virtual, "The root user's MFA device is a virtual one."), err
}

// passwordPolicy is the account's, as IAM tells it.
type passwordPolicy struct {
	Uppercase bool `xml:"RequireUppercaseCharacters"`
	Lowercase bool `xml:"RequireLowercaseCharacters"`
	Symbols   bool `xml:"RequireSymbols"`
	Numbers   bool `xml:"RequireNumbers"`
	Length    int  `xml:"MinimumPasswordLength"`
	Reuse     int  `xml:"PasswordReusePrevention"`
	Age       int  `xml:"MaxPasswordAge"`
}

func checkPasswordPolicy(ctx context.Context, account *Account, given *parameters) (Outcome, error) {
	var out struct {
		Policy *passwordPolicy `xml:"GetAccountPasswordPolicyResult>PasswordPolicy"`
	}
	err := account.iam(ctx, "GetAccountPasswordPolicy", &out)
	if gone(err) {
		return require(false, "The account has no password policy."), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if out.Policy == nil {
		out.Policy = &passwordPolicy{}
	}
	return decidePasswordPolicy(*out.Policy, given), nil
}

// decidePasswordPolicy names everything in which the policy falls short of the parameters, or of AWS's defaults.
func decidePasswordPolicy(policy passwordPolicy, given *parameters) Outcome {
	age := given.number("MaxPasswordAge", 90)
	var short []string
	for _, demand := range []struct {
		name string
		met  bool
	}{
		{"RequireUppercaseCharacters", policy.Uppercase || !given.flag("RequireUppercaseCharacters", true)},
		{"RequireLowercaseCharacters", policy.Lowercase || !given.flag("RequireLowercaseCharacters", true)},
		{"RequireSymbols", policy.Symbols || !given.flag("RequireSymbols", true)},
		{"RequireNumbers", policy.Numbers || !given.flag("RequireNumbers", true)},
		{"MinimumPasswordLength", policy.Length >= given.number("MinimumPasswordLength", 14)},
		{"PasswordReusePrevention", policy.Reuse >= given.number("PasswordReusePrevention", 24)},
		{"MaxPasswordAge", policy.Age > 0 && policy.Age <= age},
	} {
		if !demand.met {
			short = append(short, demand.name)
		}
	}
	return require(len(short) == 0, "The password policy falls short in %s.", strings.Join(short, ", "))
}
