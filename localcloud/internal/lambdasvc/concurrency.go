package lambdasvc

import (
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// putConcurrency keeps the reserved concurrency, of which moto forgets a zero.
func (h *Handler) putConcurrency(w http.ResponseWriter, r *http.Request, about route) error {
	in, err := input[struct{ ReservedConcurrentExecutions *int }](r)
	if err != nil {
		return err
	}
	return h.setConcurrency(w, r, about, in.ReservedConcurrentExecutions)
}

func (h *Handler) deleteConcurrency(w http.ResponseWriter, r *http.Request, about route) error {
	return h.setConcurrency(w, r, about, nil)
}

func (h *Handler) setConcurrency(w http.ResponseWriter, r *http.Request, about route, reserved *int) error {
	answer := relay.Capture(h.Moto, r)
	if answer.OK() {
		h.functions.with(keyOf(r, about.function.name), func(kept *function) { kept.concurrency = reserved })
	}
	answer.Send(w)
	return nil
}
