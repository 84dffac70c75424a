package evaluate

import (
	"context"
	"time"
)

// user is an IAM user. AWS Config names it by its id, not by its name.
type user struct {
	ID       string   `xml:"UserId"`
	Name     string   `xml:"UserName"`
	Inline   []string `xml:"UserPolicyList>member>PolicyName"`
	Attached []string `xml:"AttachedManagedPolicies>member>PolicyArn"`
}

// details is what IAM tells of all users, groups, roles and policies.
type details struct {
	Users    []user          `xml:"GetAccountAuthorizationDetailsResult>UserDetailList>member"`
	Groups   []holder        `xml:"GetAccountAuthorizationDetailsResult>GroupDetailList>member"`
	Roles    []holder        `xml:"GetAccountAuthorizationDetailsResult>RoleDetailList>member"`
	Policies []managedPolicy `xml:"GetAccountAuthorizationDetailsResult>Policies>member"`
	Next     string          `xml:"GetAccountAuthorizationDetailsResult>Marker"`
}

// details reads all of one kind: User, Group, Role or LocalManagedPolicy.
func (a *Account) details(ctx context.Context, filter string) (details, error) {
	return once(a, "iam "+filter, func() (details, error) {
		var all details
		parameters := []string{"Filter.member.1", filter}
		for {
			var page details
			if err := a.iam(ctx, "GetAccountAuthorizationDetails", &page, parameters...); err != nil {
				return all, err
			}
			all.Users, all.Groups = append(all.Users, page.Users...), append(all.Groups, page.Groups...)
			all.Roles, all.Policies = append(all.Roles, page.Roles...), append(all.Policies, page.Policies...)
			if page.Next == "" {
				return all, nil
			}
			parameters = []string{"Filter.member.1", filter, "Marker", page.Next}
		}
	})
}

var users = kind[user]{
	name: "AWS::IAM::User",
	id:   func(u user) string { return u.ID },
	list: func(ctx context.Context, account *Account, _ string) ([]user, error) {
		all, err := account.details(ctx, "User")
		return all.Users, err
	},
}

var userRules = map[string][]check{
	"IAM_USER_NO_POLICIES_CHECK": {each(users, func(u user, _ *parameters) Outcome {
		return require(len(u.Inline)+len(u.Attached) == 0, "The user has policies of its own.")
	})},
	"ACCESS_KEYS_ROTATED":                {probe(users, keysRotated)},
	"MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS": {probe(users, consoleMFA)},
	"IAM_USER_UNUSED_CREDENTIALS_CHECK":  {probe(users, credentialsUsed)},
}

// accessKey is a user's access key.
type accessKey struct {
	ID      string    `xml:"AccessKeyId"`
	Status  string    `xml:"Status"`
	Created time.Time `xml:"CreateDate"`
}

// activeKeys are the access keys that a user can sign with.
func (a *Account) activeKeys(ctx context.Context, user string) ([]accessKey, error) {
	return once(a, "iam keys of "+user, func() ([]accessKey, error) {
		var out struct {
			Keys []accessKey `xml:"ListAccessKeysResult>AccessKeyMetadata>member"`
		}
		err := a.iam(ctx, "ListAccessKeys", &out, "UserName", user)
		var active []accessKey
		for _, key := range out.Keys {
			if key.Status == "Active" {
				active = append(active, key)
			}
		}
		return active, err
	})
}

func keysRotated(ctx context.Context, account *Account, u user, given *parameters) (Outcome, error) {
	days := given.number("maxAccessKeyAge", 90)
	keys, err := account.activeKeys(ctx, u.Name)
	for _, key := range keys {
		if account.now.Sub(key.Created) > time.Duration(days)*day {
			return require(false, "The access key %s is older than %d days.", key.ID, days), nil
		}
	}
	return require(true, ""), err
}

// console says since when a user has a password, if it has one.
func (a *Account) console(ctx context.Context, user string) (time.Time, bool, error) {
	var out struct {
		Created time.Time `xml:"GetLoginProfileResult>LoginProfile>CreateDate"`
	}
	err := a.iam(ctx, "GetLoginProfile", &out, "UserName", user)
	if gone(err) {
		return time.Time{}, false, nil
	}
	return out.Created, true, err
}

func consoleMFA(ctx context.Context, account *Account, u user, _ *parameters) (Outcome, error) {
	_, found, err := account.console(ctx, u.Name)
	if err != nil || !found {
		return notFor("The user has no password."), err
	}
	var out struct {
		Devices []string `xml:"ListMFADevicesResult>MFADevices>member>SerialNumber"`
	}
	err = account.iam(ctx, "ListMFADevices", &out, "UserName", u.Name)
	return require(len(out.Devices) > 0, "The user has a password and no MFA device."), err
}

// credentialsUsed wants that a user's password and active keys were used, or made, within some days.
func credentialsUsed(ctx context.Context, account *Account, u user, given *parameters) (Outcome, error) {
	days := given.number("maxCredentialUsageAge", 90)
	oldest := account.now.Add(-time.Duration(days) * day)
	made, found, err := account.console(ctx, u.Name)
	if err != nil {
		return Outcome{}, err
	}
	if found {
		used, err := account.passwordUsed(ctx, u.Name)
		if err != nil {
			return Outcome{}, err
		}
		if later(made, used).Before(oldest) {
			return require(false, "The user's password was not used within %d days.", days), nil
		}
	}
	keys, err := account.activeKeys(ctx, u.Name)
	if err != nil {
		return Outcome{}, err
	}
	for _, key := range keys {
		used, err := account.keyUsed(ctx, key.ID)
		if err != nil {
			return Outcome{}, err
		}
		if later(key.Created, used).Before(oldest) {
			return require(false, "The access key %s was not used within %d days.", key.ID, days), nil
		}
	}
	return require(true, ""), nil
}

func (a *Account) passwordUsed(ctx context.Context, user string) (time.Time, error) {
	var out struct {
		Used time.Time `xml:"GetUserResult>User>PasswordLastUsed"`
	}
	err := a.iam(ctx, "GetUser", &out, "UserName", user)
	return out.Used, err
}

func (a *Account) keyUsed(ctx context.Context, key string) (time.Time, error) {
	var out struct {
		Used time.Time `xml:"GetAccessKeyLastUsedResult>AccessKeyLastUsed>LastUsedDate"`
	}
	err := a.iam(ctx, "GetAccessKeyLastUsed", &out, "AccessKeyId", key)
	return out.Used, err
}

func later(one, other time.Time) time.Time {
	if one.After(other) {
		return one
	}
	return other
}
