package faults

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Header tells the id of the fault that an answer was struck with.
const Header = "X-Localcloud-Fault"

// Serve serves a request that came over the network, struck or not.
func (o *Orders) Serve(w http.ResponseWriter, r *http.Request, info awsreq.Info, next http.Handler) {
	order := o.choose(r, info)
	if order == nil {
		next.ServeHTTP(w, r)
		return
	}
	w.Header().Set(Header, strconv.Itoa(order.ID))
	if order.After {
		relay.Capture(next, r) // it has its effect, and nobody hears of it
	}
	switch order.Kind {
	case Throttle:
		throttled(info).write(w, r, info)
	case ServerErr:
		broken(info).write(w, r, info)
	case Latency:
		select {
		case <-time.After(order.latency):
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	case Truncation:
		truncate(w, relay.Capture(next, r))
	default:
		reset(w)
	}
}

// truncate answers in part, and ends the connection.
func truncate(w http.ResponseWriter, answer *relay.Answer) {
	if len(answer.Body) == 0 {
		reset(w)
		return
	}
	header := w.Header()
	for name, values := range answer.Header {
		header[name] = values
	}
	header.Set("Content-Length", strconv.Itoa(len(answer.Body)))
	w.WriteHeader(answer.Status)
	w.Write(answer.Body[:len(answer.Body)/2]) //nolint:errcheck,gosec // the connection ends anyway
	http.NewResponseController(w).Flush()     //nolint:errcheck,gosec // see above
	panic(http.ErrAbortHandler)               // which is how a handler ends a connection
}

// reset ends the connection without an answer.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		tcp.SetLinger(0) //nolint:errcheck,gosec // it makes a reset of the end; without it, it is an end
	}
	connection.Close() //nolint:errcheck,gosec // it is to end
}
