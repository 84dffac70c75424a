package eventsvc

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Outcomes of a try.
const (
	outcomeDelivered    = "delivered"
	outcomeRetried      = "retrying"
	outcomeDeadLettered = "dead-lettered"
	outcomeDropped      = "dropped"
)

// Delivery is one try to deliver an event, as the endpoint tells it.
type Delivery struct {
	Time         time.Time `json:"time"` // of the local cloud
	Region       string    `json:"region"`
	Rule         string    `json:"rule"` // ARN
	Target       string    `json:"target"`
	TargetID     string    `json:"targetId"`
	EventID      string    `json:"eventId"`
	Attempt      int       `json:"attempt"` // 1 is the first
	Outcome      string    `json:"outcome"` // delivered, retrying, dead-lettered or dropped
	ErrorCode    string    `json:"errorCode,omitempty"`
	ErrorMessage string    `json:"errorMessage,omitempty"`
	Exhausted    string    `json:"exhausted,omitempty"` // the condition that ended the retries
}

// kept is how many tries are remembered.
const kept = 20_000

// history remembers the last tries.
type history struct {
	mutex sync.Mutex
	tries []Delivery
}

func (h *Handler) note(d *delivery, outcome, exhausted string) {
	made := Delivery{
		Time: h.Clock.Now().UTC(), Region: d.event.region, Rule: d.rule.Arn, Target: d.target.Arn, TargetID: d.target.ID,
		EventID: d.event.id, Attempt: d.retries + 1, Outcome: outcome, Exhausted: exhausted,
	}
	if d.last != nil {
		made.ErrorCode, made.ErrorMessage = d.last.code, d.last.message
	}
	h.deliveries.mutex.Lock()
	defer h.deliveries.mutex.Unlock()
	if len(h.deliveries.tries) >= kept {
		h.deliveries.tries = append([]Delivery(nil), h.deliveries.tries[kept/2:]...)
	}
	h.deliveries.tries = append(h.deliveries.tries, made)
}

// Deliveries is the endpoint that tells the tries of the past, the oldest first: GET, with ?rule= (an ARN) and ?event=
// (an id) to tell only some; DELETE forgets them.
func (h *Handler) Deliveries() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(h.tries(r.URL.Query().Get("rule"), r.URL.Query().Get("event"))) //nolint:errcheck,gosec // the caller has gone
		case http.MethodDelete:
			h.deliveries.mutex.Lock()
			h.deliveries.tries = nil
			h.deliveries.mutex.Unlock()
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, DELETE")
			http.Error(w, "use GET or DELETE", http.StatusMethodNotAllowed)
		}
	})
}

func (h *Handler) tries(ruleARN, eventID string) []Delivery {
	h.deliveries.mutex.Lock()
	defer h.deliveries.mutex.Unlock()
	told := []Delivery{}
	for _, one := range h.deliveries.tries {
		if (ruleARN == "" || one.Rule == ruleARN) && (eventID == "" || one.EventID == eventID) {
			told = append(told, one)
		}
	}
	return told
}
