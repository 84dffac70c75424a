// Package roles gets the credentials of roles from moto's STS, which so knows whom each access key belongs to.
package roles

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Roles gives out credentials of roles.
type Roles struct {
	moto http.Handler

	mu    sync.Mutex
	known map[session]lambdarun.Credentials
}

// session is a role that is assumed under a name.
type session struct{ region, role, name string }

// New makes a source of credentials.
func New(moto http.Handler) *Roles {
	return &Roles{moto: moto, known: map[session]lambdarun.Credentials{}}
}

// Assume gives the credentials of a role, the same each time for the same session: here they never expire.
func (r *Roles) Assume(ctx context.Context, region, roleARN, name string) (lambdarun.Credentials, error) {
	key := session{region: region, role: roleARN, name: name}
	r.mu.Lock()
	defer r.mu.Unlock()
	if found, known := r.known[key]; known {
		return found, nil
	}
	assumed, err := r.assume(ctx, key)
	if err == nil {
		r.known[key] = assumed
	}
	return assumed, err
}

func (r *Roles) assume(ctx context.Context, of session) (lambdarun.Credentials, error) {
	var found struct {
		ID     string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
		Secret string `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
		Token  string `xml:"AssumeRoleResult>Credentials>SessionToken"`
	}
	form := url.Values{"RoleArn": {of.role}, "RoleSessionName": {of.name}}
	if err := relay.Query(ctx, r.moto, relay.Caller{Service: "sts", Region: of.region}, "AssumeRole", form, &found); err != nil {
		return lambdarun.Credentials{}, fmt.Errorf("assuming the role %s: %w", of.role, err)
	}
	if found.ID == "" {
		return lambdarun.Credentials{}, fmt.Errorf("assuming the role %s: moto gave no credentials", of.role)
	}
	return lambdarun.Credentials{AccessKeyID: found.ID, SecretAccessKey: found.Secret, SessionToken: found.Token}, nil
}
