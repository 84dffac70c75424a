package lambdasvc

import (
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// permissions is the resource policy of a function, a version or an alias.
type permissions struct {
	revision   string
	statements []statement
}

// policy is the policy under a qualifier, which is begun where there is none.
func (f *function) policy(qualifier string) *permissions {
	if f.permissions[qualifier] == nil {
		f.permissions[qualifier] = &permissions{revision: awserr.RequestID()}
	}
	return f.permissions[qualifier]
}

// expect refuses a change that was meant for another revision.
func (p *permissions) expect(revision string) error {
	if revision == "" || revision == p.revision {
		return nil
	}
	return &awserr.Error{
		Status: http.StatusPreconditionFailed, Code: "PreconditionFailedException",
		Message: "The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId",
	}
}

func (p *permissions) find(sid string) int {
	return slices.IndexFunc(p.statements, func(s statement) bool { return s.Sid == sid })
}

func (p *permissions) add(added statement, revision string) error {
	if err := p.expect(revision); err != nil {
		return err
	}
	if p.find(added.Sid) >= 0 {
		return &awserr.Error{
			Status: http.StatusConflict, Code: "ResourceConflictException",
			Message: "The statement id (" + added.Sid + ") provided already exists. Please provide a new statement id, or remove the existing statement.",
		}
	}
	p.statements = append(p.statements, added)
	p.revision = awserr.RequestID()
	return nil
}

func (p *permissions) remove(sid, revision string) error {
	if err := p.expect(revision); err != nil {
		return err
	}
	at := p.find(sid)
	if at < 0 {
		return notFound("Statement " + sid + " is not found in resource policy.")
	}
	p.statements = slices.Delete(p.statements, at, at+1)
	p.revision = awserr.RequestID()
	return nil
}
