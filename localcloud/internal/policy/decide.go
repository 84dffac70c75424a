package policy

import "strings"

// Decision is what a policy says about a request, and the statement that says it.
type Decision struct {
	Effect Effect
	Sid    string
}

// Decide evaluates a resource's policy: one Deny that applies outweighs every Allow; where no statement applies the
// policy is silent.
func (d *Document) Decide(request Request) Decision {
	decision := Decision{}
	for _, statement := range d.Statements {
		if decision.Effect == Allow && statement.Effect == Allow {
			continue
		}
		if !statement.applies(request, d.variables()) {
			continue
		}
		decision = Decision{Effect: statement.Effect, Sid: statement.Sid}
		if statement.Effect == Deny {
			return decision
		}
	}
	return decision
}

// Grants is what the policy says to the caller itself. A policy that lets in the caller's whole account says nothing
// yet: it leaves the decision to the account's own policies.
func (d *Document) Grants(request Request) Decision {
	decision := d.Decide(request)
	if decision.Effect != Allow {
		return decision
	}
	request.Principal.Account = "-"
	return d.Decide(request)
}

// variables says whether the policy's language has variables.
func (d *Document) variables() bool { return d.Version == version2012 }

func (s Statement) applies(request Request, variables bool) bool {
	return s.principalFits(request.Principal) && s.actionFits(request.Action) &&
		s.resourceFits(request.Resource, request.Keys, variables) && s.conditionsHold(request.Keys, variables)
}

func (s Statement) principalFits(principal Principal) bool {
	if s.NotPrincipals != nil {
		return !s.NotPrincipals.include(principal)
	}
	return s.Principals == nil || s.Principals.include(principal)
}

// include says whether a principal is one of those named: by everyone, by its account, by its ARN, or as a service.
func (p *Principals) include(principal Principal) bool {
	if p.Everyone {
		return true
	}
	for _, service := range p.Service {
		if principal.Service == service {
			return true
		}
	}
	for _, named := range p.AWS {
		if principal.ARN != "" && (named == principal.ARN || named == principal.Account ||
			named == roleOf(principal.ARN) || accountOf(named) == principal.Account) {
			return true
		}
	}
	return false
}

// accountOf is the account of arn:aws:iam::123456789012:root, which stands for the whole account.
func accountOf(arn string) string {
	parts := splitARN(arn, false)
	if len(parts) == arnParts && parts[2] == "iam" && parts[5] == "root" {
		return parts[4]
	}
	return ""
}

// roleOf is the role's ARN of a session's: arn:aws:sts::123456789012:assumed-role/NAME/SESSION. A session's ARN does
// not have the role's path, so a role with a path is only found by its session.
func roleOf(arn string) string {
	parts := splitARN(arn, false)
	if len(parts) != arnParts || parts[2] != "sts" {
		return ""
	}
	kind, rest, _ := strings.Cut(parts[5], "/")
	name, _, found := strings.Cut(rest, "/")
	if kind != "assumed-role" || !found {
		return ""
	}
	return "arn:" + parts[1] + ":iam::" + parts[4] + ":role/" + name
}

// actionFits compares actions, which don't mind the case.
func (s Statement) actionFits(action string) bool {
	if s.NotActions != nil {
		return !anyAction(s.NotActions, action)
	}
	return anyAction(s.Actions, action)
}

func anyAction(patterns []string, action string) bool {
	for _, pattern := range patterns {
		if ActionFits(pattern, action) {
			return true
		}
	}
	return false
}

// ActionFits says whether an action, like s3:GetObject, is one that a policy's pattern names, like S3:Get*.
func ActionFits(pattern, action string) bool {
	return fits(strings.ToLower(pattern), strings.ToLower(action), nil, false)
}

// resourceFits compares ARNs. A statement of a trust policy names no resource.
func (s Statement) resourceFits(resource string, keys Keys, variables bool) bool {
	if s.Resources == nil && s.NotResources == nil {
		return true
	}
	patterns, want := s.Resources, true
	if s.NotResources != nil {
		patterns, want = s.NotResources, false
	}
	for _, pattern := range patterns {
		tokens, known := compile(pattern, keys, variables)
		if known && match(tokens, resource) {
			return want
		}
		if !known && !want {
			return false // a variable without a value: nobody knows what is left out
		}
	}
	return !want
}

func (s Statement) conditionsHold(keys Keys, variables bool) bool {
	for _, condition := range s.Conditions {
		if !condition.holds(keys, variables) {
			return false
		}
	}
	return true
}
