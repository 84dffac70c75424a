// Package roles gets the credentials of roles from moto's STS, which so knows whom each access key belongs to.
package roles

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
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
	form := url.Values{
		"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleArn": {of.role}, "RoleSessionName": {of.name},
	}
	caller := relay.Caller{Service: "sts", Region: of.region}
	answer, err := relay.Ask(ctx, r.moto, caller, http.MethodPost, "/", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return lambdarun.Credentials{}, err
	}
	var found struct {
		ID     string `xml:"AssumeRoleResult>Credentials>AccessKeyId"`
		Secret string `xml:"AssumeRoleResult>Credentials>SecretAccessKey"`
		Token  string `xml:"AssumeRoleResult>Credentials>SessionToken"`
	}
	if err := xml.Unmarshal(answer.Body, &found); err != nil || !answer.OK() || found.ID == "" {
		return lambdarun.Credentials{}, fmt.Errorf("assuming the role %s: moto answered with status %d: %.200s", of.role, answer.Status, answer.Body)
	}
	return lambdarun.Credentials{AccessKeyID: found.ID, SecretAccessKey: found.Secret, SessionToken: found.Token}, nil
}
