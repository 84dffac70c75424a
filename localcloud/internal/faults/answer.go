package faults

import (
	"net/http"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

// answer is an error in the form of each protocol.
type answer struct{ *awserr.Error }

// queryServices speak the query protocol; all others but S3 and Lambda speak JSON.
var queryServices = []string{"autoscaling", "cloudformation", "ec2", "elasticloadbalancing", "iam", "monitoring", "rds", "redshift", "sns", "sts"}

// isQuery says whether a request is one of the query protocol.
func isQuery(r *http.Request, info awsreq.Info) bool {
	if r.Header.Get("X-Amz-Target") != "" {
		return false
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return true
	}
	for _, service := range queryServices {
		if info.Service == service {
			return true
		}
	}
	return false
}

// throttled is how a service says that there are too many requests. SDKs try all of these again.
func throttled(info awsreq.Info) answer {
	fault := &awserr.Error{Code: "ThrottlingException", Message: "Rate exceeded"}
	switch info.Service {
	case "s3":
		fault = &awserr.Error{Status: http.StatusServiceUnavailable, Code: "SlowDown", Message: "Please reduce your request rate."}
	case "lambda":
		fault = &awserr.Error{Status: http.StatusTooManyRequests, Code: "TooManyRequestsException", Message: "Rate Exceeded."}
	case "ec2":
		fault = &awserr.Error{Status: http.StatusServiceUnavailable, Code: "RequestLimitExceeded", Message: "Request limit exceeded."}
	case "sqs":
		fault.Code = "RequestThrottled"
	case "iam", "sts", "sns", "monitoring", "rds", "cloudformation", "autoscaling":
		fault.Code = "Throttling"
	}
	return answer{fault}
}

// broken is how a service says that it has failed.
func broken(info awsreq.Info) answer {
	fault := &awserr.Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: "An internal error has occurred"}
	switch info.Service {
	case "s3":
		fault.Code, fault.Message = "InternalError", "We encountered an internal error. Please try again."
	case "lambda":
		fault.Code = "ServiceException"
	case "kms":
		fault.Code = "KMSInternalException"
	case "events":
		fault.Code = "InternalException"
	case "sns":
		fault.Code = "InternalError"
	}
	return answer{fault}
}

// write answers in the form that the request's protocol has.
func (a answer) write(w http.ResponseWriter, r *http.Request, info awsreq.Info) {
	switch {
	case info.Service == "s3":
		a.WriteS3(w, r)
	case info.Service == "ec2":
		a.writeEC2(w)
	case isQuery(r, info):
		a.WriteQuery(w)
	case r.Header.Get("X-Amz-Target") != "":
		a.WriteJSON(w)
	default:
		a.WriteREST(w)
	}
}

// writeEC2 answers in EC2's own form of the query protocol.
func (a answer) writeEC2(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	w.WriteHeader(a.Status)
	const start, middle, end = "<Response><Errors><Error><Code>", "</Code><Message>", "</Message></Error></Errors><RequestID>"
	text := `<?xml version="1.0" encoding="UTF-8"?>` + start + a.Code + middle + a.Message + end + awserr.RequestID() + "</RequestID></Response>"
	w.Write([]byte(text)) //nolint:errcheck,gosec // the caller has gone
}
