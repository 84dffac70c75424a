package lambdasvc

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
)

// throttle is Lambda's answer when a function may not run now.
type throttle struct{ reason string }

// Error implements error.
func (t *throttle) Error() string {
	return "TooManyRequestsException: Rate Exceeded. (" + t.reason + ")"
}

// isThrottle says whether a function was not run because it may not now.
func isThrottle(err error) bool {
	return errors.Is(err, lambdarun.ErrReserved) || errors.Is(err, lambdarun.ErrConcurrent)
}

// throttled turns the runner's refusal into Lambda's.
func throttled(err error) error {
	switch {
	case errors.Is(err, lambdarun.ErrReserved):
		return &throttle{reason: "ReservedFunctionConcurrentInvocationLimitExceeded"}
	case errors.Is(err, lambdarun.ErrConcurrent):
		return &throttle{reason: "ConcurrentInvocationLimitExceeded"}
	}
	return err
}

// write answers with the error, which has a member that others have not.
func (t *throttle) write(w http.ResponseWriter) {
	//nolint:errchkjson // strings marshal
	body, _ := json.Marshal(map[string]string{"Type": "User", "Reason": t.reason, "message": "Rate Exceeded."})
	if w.Header().Get("x-amzn-RequestId") == "" {
		w.Header().Set("x-amzn-RequestId", awserr.RequestID())
	}
	w.Header().Set("x-amzn-ErrorType", "TooManyRequestsException")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusTooManyRequests)
	w.Write(body) //nolint:errcheck,gosec // the caller has gone
}
