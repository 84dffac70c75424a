package lambdasvc

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
)

// historyLimit is how many invocations are remembered.
const historyLimit = 10_000

// invocation is what the control endpoint tells of one attempt to run a function.
type invocation struct {
	Time        time.Time `json:"time"` // on the local cloud's clock
	Region      string    `json:"region"`
	Function    string    `json:"function"`
	Version     string    `json:"version"`
	RequestID   string    `json:"requestId"`
	Kind        string    `json:"kind"`    // RequestResponse or Event
	Attempt     int       `json:"attempt"` // from 1
	Outcome     string    `json:"outcome"` // success, failure, error, timeout, throttled, refused
	ErrorType   string    `json:"errorType,omitempty"`
	Error       string    `json:"error,omitempty"` // why it was refused
	DurationMS  float64   `json:"durationMs"`
	BilledMS    int64     `json:"billedDurationMs"`
	InitMS      float64   `json:"initDurationMs,omitempty"` // of a cold start
	MemoryMB    int       `json:"memorySizeMb"`
	MaxMemoryMB int       `json:"maxMemoryUsedMb"`
}

func attempted(at time.Time, to *target, event *lambdarun.Event, try attempt) invocation {
	return invocation{
		Time: at.UTC(), Region: to.key.region, Function: to.function.Name, Version: to.function.Version,
		RequestID: event.RequestID, Kind: try.kind, Attempt: try.number, MemoryMB: to.function.MemoryMB,
	}
}

// ran notes an invocation that took place.
func ran(at time.Time, to *target, event *lambdarun.Event, try attempt, outcome *lambdarun.Outcome) invocation {
	noted := attempted(at, to, event, try)
	noted.Outcome, noted.ErrorType = string(outcome.Status), outcome.ErrorType
	noted.DurationMS = float64(outcome.Duration.Microseconds()) / 1000
	noted.InitMS = float64(outcome.Init.Microseconds()) / 1000
	noted.BilledMS = outcome.Billed().Milliseconds()
	noted.MaxMemoryMB = outcome.MaxMemoryMB
	return noted
}

// refused notes an invocation that did not take place.
func refused(at time.Time, to *target, event *lambdarun.Event, try attempt, reason error) invocation {
	noted := attempted(at, to, event, try)
	noted.Outcome, noted.Error = "refused", reason.Error()
	if isThrottle(reason) {
		noted.Outcome = "throttled"
	}
	return noted
}

// history remembers the last invocations.
type history struct {
	mu    sync.Mutex
	noted []invocation
}

func (h *history) add(noted invocation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.noted = append(h.noted, noted)
	if len(h.noted) > 2*historyLimit {
		h.noted = append([]invocation(nil), h.noted[len(h.noted)-historyLimit:]...)
	}
}

// of gives the invocations of a function, or of all, the oldest first.
func (h *history) of(name string) []invocation {
	h.mu.Lock()
	defer h.mu.Unlock()
	noted := h.noted[max(0, len(h.noted)-historyLimit):]
	found := make([]invocation, 0, len(noted))
	for _, one := range noted {
		if name == "" || one.Function == name {
			found = append(found, one)
		}
	}
	return found
}

// Invocations serves the control endpoint that tells what was run.
func (h *Handler) Invocations() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "use GET", http.StatusMethodNotAllowed)
			return
		}
		if err := output(w, http.StatusOK, h.history.of(r.URL.Query().Get("function"))); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
}

// Environments serves the control endpoint that ends environments, so that a test sees what becomes of an event whose
// environment goes away, or a cold start.
func (h *Handler) Environments() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodDelete {
			w.Header().Set("Allow", http.MethodDelete)
			http.Error(w, "use DELETE", http.StatusMethodNotAllowed)
			return
		}
		ended, err := h.recycle(r)
		var fault *awserr.Error
		switch {
		case errors.As(err, &fault):
			http.Error(w, fault.Message, fault.Status)
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		default:
			err = output(w, http.StatusOK, map[string]int{"ended": ended})
		}
		if err != nil {
			h.Log.Printf("ending environments: %v", err)
		}
	})
}

// recycle ends the environments of the function that a request names, or of all.
func (h *Handler) recycle(r *http.Request) (int, error) {
	name, region := r.URL.Query().Get("function"), r.URL.Query().Get("region")
	if name == "" {
		return h.Runner.Recycle("")
	}
	if region == "" {
		region = "us-east-1"
	}
	found, err := h.resolve(r.Context(), region, reference{name: name})
	if err != nil {
		return 0, err
	}
	return h.Runner.Recycle(found.function.ARN)
}
