package authz

import (
	"errors"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// forms are how services say that a caller may not do something: the code, the status and the protocol.
var forms = map[string]struct {
	code   string
	status int
	write  func(*awserr.Error, http.ResponseWriter)
}{
	"sns":        {"AuthorizationError", http.StatusForbidden, (*awserr.Error).WriteQuery},
	"iam":        {"AccessDenied", http.StatusForbidden, (*awserr.Error).WriteQuery},
	"sts":        {"AccessDenied", http.StatusForbidden, (*awserr.Error).WriteQuery},
	"rds":        {"AccessDenied", http.StatusForbidden, (*awserr.Error).WriteQuery},
	"monitoring": {"AccessDenied", http.StatusForbidden, (*awserr.Error).WriteQuery},
	"ec2":        {"UnauthorizedOperation", http.StatusForbidden, (*awserr.Error).WriteEC2},
	"lambda":     {"AccessDeniedException", http.StatusForbidden, (*awserr.Error).WriteREST},
	"sqs":        {"AccessDenied", http.StatusForbidden, (*awserr.Error).WriteJSON},
}

// deny answers with the service's own error, in the protocol that the request has: CloudWatch speaks two. What is not a
// refusal is an error of the gateway's.
func deny(w http.ResponseWriter, r *http.Request, service string, err error) {
	form, known := forms[service]
	if !known {
		form.code, form.status, form.write = "AccessDeniedException", http.StatusBadRequest, (*awserr.Error).WriteJSON
	}
	if r.Header.Get("X-Amz-Target") != "" {
		form.write = (*awserr.Error).WriteJSON
	}
	var fault *awserr.Error
	if !errors.As(err, &fault) || fault.Status >= http.StatusInternalServerError {
		form.write(&awserr.Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}, w)
		return
	}
	form.write(&awserr.Error{Status: form.status, Code: form.code, Message: fault.Message}, w)
}
