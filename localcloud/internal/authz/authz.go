// Package authz enforces IAM for the calls of roles: a request that is signed with a role session's credentials may do
// what the role's identity policies and the resource's policy let it, conditions included, and nothing else. The account's
// other callers (any key that is not a session's) may do everything, as the local cloud asks nobody for a password.
//
// Every decision is kept for tests to read.
package authz

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/memo"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// Identity tells who sent a request.
type Identity func(*http.Request) (policy.Principal, error)

// Guard decides about the requests of roles.
type Guard struct {
	identity Identity
	roles    *roles
	keys     memo.Memo[string, *policy.Document] // the policies of keys
	moto     http.Handler
	now      func() time.Time
	log      Log
}

// New makes a guard that reads policies from moto.
func New(moto http.Handler, identity Identity, now func() time.Time) *Guard {
	return &Guard{identity: identity, roles: &roles{moto: moto}, moto: moto, now: now}
}

// Wrap lets the handler of a service be reached by permitted requests only. S3 is not wrapped: it asks [Guard.Permit]
// for each thing that a request needs.
func (g *Guard) Wrap(service string, handler http.Handler) http.Handler {
	if service == "s3" {
		return handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.check(service, r); err != nil {
			deny(w, r, service, err)
			return
		}
		handler.ServeHTTP(w, r)
		switch changing := !reads(awsreq.From(r).Operation); {
		case service == "iam" && changing:
			g.roles.known.Forget()
		case service == "kms" && changing:
			g.keys.Forget()
		}
	})
}

// reading is what the operations begin with that change neither a policy nor what it belongs to.
var reading = []string{"Get", "List", "Describe", "Encrypt", "Decrypt", "GenerateDataKey"}

func reads(operation string) bool {
	return slices.ContainsFunc(reading, func(start string) bool { return strings.HasPrefix(operation, start) })
}

// check refuses what the caller may not do.
func (g *Guard) check(service string, r *http.Request) error {
	caller, err := g.role(r)
	if err != nil || caller.ARN == "" {
		return err
	}
	requested, err := describe(service, r, caller.Account)
	if err != nil {
		return err
	}
	keys := baseKeys(r, caller, g.now())
	for _, resource := range requested.resources {
		if strings.HasPrefix(resource, "arn:") && service == "kms" {
			if err := g.PermitKey(r.Context(), resource, caller, keys, requested.action); err != nil {
				return err
			}
			continue
		}
		held, err := g.attributesOf(r.Context(), service, resource, awsreq.From(r).Region)
		if err != nil {
			return err
		}
		request := policy.Request{Action: requested.action, Resource: resource, Principal: caller, Keys: keys}
		if err := g.Permit(r.Context(), request, held.grant(request)); err != nil {
			return err
		}
		if err := g.permitKey(r, service, requested, caller, held.key); err != nil {
			return err
		}
	}
	return nil
}

// Session says whether a caller is a session of a role.
func (g *Guard) Session(caller policy.Principal) bool { return roleName(caller) != "" }

// role is the caller, if it is a session of a role; else nobody.
func (g *Guard) role(r *http.Request) (policy.Principal, error) {
	if !awsreq.From(r).Temporary() {
		return policy.Principal{}, nil
	}
	caller, err := g.identity(r)
	if err != nil {
		return policy.Principal{}, fmt.Errorf("finding out who the caller is: %w", err)
	}
	if roleName(caller) == "" {
		return policy.Principal{}, nil
	}
	return caller, nil
}

// Permit decides about one thing that a role asks for: a Deny anywhere outweighs all, and in one account it is enough that
// one of the two allows it, the role's policies or the resource's. It keeps the decision, and returns AWS's error when
// it is no. For whoever is not a role it decides nothing.
func (g *Guard) Permit(ctx context.Context, request policy.Request, resource policy.Decision) error {
	name := roleName(request.Principal)
	if name == "" {
		return nil
	}
	documents, err := g.roles.policies(ctx, name)
	if err != nil {
		return fmt.Errorf("reading the policies of role %s: %w", name, err)
	}
	decision, sid := judge(decide(documents, request), resource)
	g.keep(request, decision, sid)
	switch decision {
	case ExplicitDeny:
		return denied(request, "with an explicit deny in a policy")
	case ImplicitDeny:
		return denied(request, "because no identity-based policy allows the "+request.Action+" action")
	default:
		return nil
	}
}

// keep remembers a decision about a role's request, and the statement that it is due to.
func (g *Guard) keep(request policy.Request, decision, sid string) {
	g.log.add(Verdict{
		Time: g.now().UTC(), Role: roleName(request.Principal), Action: request.Action, Resource: request.Resource,
		Sid: sid, Decision: decision,
	})
}

// judge puts together what the caller's policies and the resource's say, and names the statement that decides.
func judge(identity, resource policy.Decision) (decision, sid string) {
	switch {
	case identity.Effect == policy.Deny:
		return ExplicitDeny, identity.Sid
	case resource.Effect == policy.Deny:
		return ExplicitDeny, resource.Sid
	case identity.Effect == policy.Allow:
		return Allowed, identity.Sid
	case resource.Effect == policy.Allow:
		return Allowed, resource.Sid
	default:
		return ImplicitDeny, ""
	}
}

// decide evaluates the policies of a role together.
func decide(documents []*policy.Document, request policy.Request) policy.Decision {
	var allowed policy.Decision
	for _, document := range documents {
		decision := document.Decide(request)
		if decision.Effect == policy.Deny {
			return decision
		}
		if allowed.Effect == policy.Silent {
			allowed = decision
		}
	}
	return allowed
}

func denied(request policy.Request, why string) error {
	return &awserr.Error{
		Status: http.StatusForbidden, Code: "AccessDenied",
		Message: fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s %s",
			request.Principal.ARN, request.Action, request.Resource, why),
	}
}

// roleName is the name of the role that a session is of, or empty for any other caller.
func roleName(caller policy.Principal) string {
	_, session, found := strings.Cut(caller.ARN, ":assumed-role/")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(session, "/")
	return name
}
