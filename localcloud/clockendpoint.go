package localcloud

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
)

// clockEndpoint serves the local cloud's clock: GET tells its time, POST moves it ahead and answers when all has run
// that fell due on the way. Settle is called before and after: what has been measured must be there for what falls due.
func clockEndpoint(now *clock.Clock, settle func()) http.Handler {
	var moving sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
		case http.MethodPost:
			length, fault := readAdvance(r)
			if fault != "" {
				http.Error(w, fault, http.StatusBadRequest)
				return
			}
			moving.Lock()
			defer moving.Unlock()
			settle()
			now.Advance(length)
			settle()
		default:
			methodNotAllowed(w, http.MethodGet+", "+http.MethodPost)
			return
		}
		writeJSON(w, http.StatusOK, map[string]time.Time{"now": now.Now().UTC()})
	})
}

// advanceLimit is how many bytes a request to move the clock may have.
const advanceLimit = 1 << 10

// readAdvance reads how far the clock is to be moved, or says what is wrong with the request.
func readAdvance(r *http.Request) (time.Duration, string) {
	const usage = `send {"advance": "6h"}: a length of time in h, m, s and ms, which is not negative`
	var in struct{ Advance string }
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, advanceLimit)).Decode(&in); err != nil {
		return 0, "reading the request: " + err.Error() + "; " + usage
	}
	length, err := time.ParseDuration(in.Advance)
	if err != nil {
		return 0, err.Error() + "; " + usage
	}
	if length < 0 {
		return 0, "the clock does not go back; " + usage
	}
	return length, ""
}
