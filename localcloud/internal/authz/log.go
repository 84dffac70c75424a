package authz

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Decisions that a guard makes.
const (
	Allowed      = "allowed"
	ExplicitDeny = "explicitDeny"
	ImplicitDeny = "implicitDeny"
)

// mostVerdicts is how many different decisions are kept; a test that makes more clears them in between.
const mostVerdicts = 100_000

// Verdict is a decision: about an action of a role on a resource, and the statement that allows or denies it.
type Verdict struct {
	Time     time.Time `json:"time"` // of the first such decision
	Role     string    `json:"role"`
	Action   string    `json:"action"`
	Resource string    `json:"resource"`
	Decision string    `json:"decision"`
	Sid      string    `json:"sid,omitempty"`
	Times    int       `json:"times"` // how often it was made
}

// Log keeps decisions, equal ones once. The zero Log is ready.
type Log struct {
	mutex    sync.Mutex
	verdicts []*Verdict
	known    map[Verdict]*Verdict
}

func (l *Log) add(verdict Verdict) {
	key := verdict
	key.Time = time.Time{}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.known == nil {
		l.known = map[Verdict]*Verdict{}
	}
	if found := l.known[key]; found != nil {
		found.Times++
		return
	}
	if len(l.verdicts) == mostVerdicts {
		return
	}
	verdict.Times = 1
	l.known[key] = &verdict
	l.verdicts = append(l.verdicts, &verdict)
}

// Decisions serves what was decided: GET lists it, also ?role=NAME of one role alone, and DELETE forgets it.
func (g *Guard) Decisions() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(g.log.list(r.URL.Query().Get("role"))) //nolint:errcheck,gosec // the caller has gone
		case http.MethodDelete:
			g.log.clear()
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, DELETE")
			http.Error(w, "use GET or DELETE", http.StatusMethodNotAllowed)
		}
	})
}

func (l *Log) list(role string) []Verdict {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	listed := []Verdict{}
	for _, verdict := range l.verdicts {
		if role == "" || verdict.Role == role {
			listed = append(listed, *verdict)
		}
	}
	return listed
}

func (l *Log) clear() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.verdicts, l.known = nil, nil
}
