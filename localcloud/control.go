package localcloud

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// control answers the endpoints under /_localcloud/.
type control struct {
	health   func() Health
	shutdown func()
	more     map[string]http.Handler // endpoints of the mends, by path
}

// ServeHTTP implements [http.Handler].
func (c *control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !loopbackHost(r.Host) {
		http.Error(w, "localcloud answers on loopback names only, not on "+r.Host, http.StatusForbidden)
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, controlPrefix); {
	case path == "health":
		c.answerHealth(w, r)
	case path == "shutdown":
		c.answerShutdown(w, r)
	case c.more[path] != nil:
		c.more[path].ServeHTTP(w, r)
	default:
		http.Error(w, "localcloud has no endpoint "+r.URL.Path, http.StatusNotFound)
	}
}

func (c *control) answerHealth(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		methodNotAllowed(w, http.MethodGet)
		return
	}
	health, status := c.health(), http.StatusOK
	if health.Status != StatusReady {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, health)
}

func (c *control) answerShutdown(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		methodNotAllowed(w, http.MethodPost)
		return
	}
	writeJSON(w, http.StatusAccepted, map[string]string{"status": StatusStopping})
	c.shutdown()
}

func methodNotAllowed(w http.ResponseWriter, allowed string) {
	w.Header().Set("Allow", allowed)
	http.Error(w, "use "+allowed, http.StatusMethodNotAllowed)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value) //nolint:errcheck,errchkjson,gosec // the caller has gone
}

// loopbackHost says whether a Host header names this machine: a page whose name was bound to 127.0.0.1 does not.
func loopbackHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
