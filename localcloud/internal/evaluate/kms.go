package evaluate

import (
	"context"
	"slices"
)

// key is a KMS key.
type key struct {
	ID      string `json:"KeyId"`
	ARN     string `json:"Arn"`
	Manager string `json:"KeyManager"`
	Spec    string `json:"KeySpec"`
	State   string `json:"KeyState"`
	Origin  string
}

var keys = kind[key]{
	name: "AWS::KMS::Key",
	id:   func(k key) string { return k.ID },
	list: func(ctx context.Context, account *Account, id string) ([]key, error) {
		ids := []string{id}
		if id == "" {
			var err error
			if ids, err = account.keyIDs(ctx); err != nil {
				return nil, err
			}
		}
		var all []key
		for _, id := range ids {
			known, err := account.key(ctx, id)
			if gone(err) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if known.Manager != "AWS" {
				all = append(all, known)
			}
		}
		return all, nil
	},
}

func (a *Account) keyIDs(ctx context.Context) ([]string, error) {
	return once(a, "kms keys", func() ([]string, error) {
		var ids []string
		page := map[string]any{}
		for {
			var out struct {
				Keys []struct {
					KeyID string `json:"KeyId"`
				}
				NextMarker string
			}
			if err := a.json(ctx, "kms", "TrentService.ListKeys", page, &out); err != nil {
				return nil, err
			}
			for _, listed := range out.Keys {
				ids = append(ids, listed.KeyID)
			}
			if out.NextMarker == "" {
				return ids, nil
			}
			page["Marker"] = out.NextMarker
		}
	})
}

func (a *Account) key(ctx context.Context, id string) (key, error) {
	return once(a, "kms key "+id, func() (key, error) {
		var out struct{ KeyMetadata key }
		err := a.json(ctx, "kms", "TrentService.DescribeKey", map[string]string{"KeyId": id}, &out)
		return out.KeyMetadata, err
	})
}

var keyRules = map[string][]check{
	"CMK_BACKING_KEY_ROTATION_ENABLED": {probe(keys, keyRotated)},
	"KMS_CMK_NOT_SCHEDULED_FOR_DELETION": {each(keys, func(k key, given *parameters) Outcome {
		if only := given.list("kmsKeyIds"); len(only) > 0 && !slices.ContainsFunc(only, func(name string) bool { return sameKey(name, k.ID) }) {
			return notFor("kmsKeyIds does not list the key.")
		}
		return require(k.State != "PendingDeletion", "The key is scheduled for deletion.")
	})},
}

// keyRotated looks at symmetric keys whose material KMS made, for it rotates no others.
func keyRotated(ctx context.Context, account *Account, k key, _ *parameters) (Outcome, error) {
	switch {
	case k.Spec != "SYMMETRIC_DEFAULT" || (k.Origin != "" && k.Origin != "AWS_KMS"):
		return notFor("KMS can't rotate keys of this kind."), nil
	case k.State == "PendingDeletion":
		return notFor("The key is scheduled for deletion."), nil
	}
	var out struct{ KeyRotationEnabled bool }
	err := account.json(ctx, "kms", "TrentService.GetKeyRotationStatus", map[string]string{"KeyId": k.ID}, &out)
	return require(out.KeyRotationEnabled, "The key is not rotated."), err
}
