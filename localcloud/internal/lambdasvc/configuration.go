package lambdasvc

import (
	"encoding/json"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// request is what a request to create or update a function says.
type request map[string]json.RawMessage

// text is a string of a request.
func (q request) text(field string) string {
	var value string
	if json.Unmarshal(q[field], &value) != nil {
		return ""
	}
	return value
}

// flag is a truth value of a request.
func (q request) flag(field string) bool { return string(q[field]) == "true" }

func (h *Handler) create(w http.ResponseWriter, r *http.Request, _ route) error {
	in, err := input[request](r)
	if err != nil {
		return err
	}
	var code request
	if raw, given := in["Code"]; given {
		if err := json.Unmarshal(raw, &code); err != nil {
			return awserr.New("InvalidRequestContentException", "Could not parse Code: %v", err)
		}
	}
	root, err := h.unpack(r, code)
	if err != nil {
		return err
	}
	return h.change(w, r, change{about: parseReference(in.text("FunctionName")), in: in, anew: true, root: root})
}

func (h *Handler) update(w http.ResponseWriter, r *http.Request, about route) error {
	in, err := input[request](r)
	if err != nil {
		return err
	}
	return h.change(w, r, change{about: about.function, in: in})
}

func (h *Handler) updateCode(w http.ResponseWriter, r *http.Request, about route) error {
	in, err := input[request](r)
	if err != nil {
		return err
	}
	root, err := h.unpack(r, in)
	if err != nil {
		return err
	}
	if in.flag("DryRun") {
		in, root = request{}, ""
	}
	return h.change(w, r, change{about: about.function, in: in, root: root})
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request, about route) error {
	return h.change(w, r, change{about: about.function})
}

// change is a change of a function.
type change struct {
	about reference
	in    request // nil where it only publishes
	anew  bool    // it makes the function
	root  string  // folder of new code; empty where the code stays
}

// change lets moto change a function, keeps what moto drops, and answers with all of it. A request that moto refuses
// changes nothing here.
func (h *Handler) change(w http.ResponseWriter, r *http.Request, made change) error {
	changed := attributes{}
	if err := changed.merge(made.in); err != nil {
		return err
	}
	answer := relay.Capture(h.moto, r)
	if !answer.OK() {
		answer.Send(w)
		return nil
	}
	configuration, err := answer.JSON()
	if err != nil {
		return err
	}
	version, _ := configuration["Version"].(string)
	key := keyOf(r, made.about.name)
	if made.anew {
		h.functions.drop(key, "")
	}
	h.functions.with(key, func(kept *function) {
		if made.in != nil {
			err = kept.versions[latest].merge(made.in)
		}
		if made.root != "" {
			kept.code[latest] = made.root
		}
		if version != latest {
			kept.freeze(version)
		}
		kept.attributes(version).apply(configuration)
	})
	if err != nil {
		return err
	}
	return send(w, answer, configuration)
}

func (h *Handler) get(w http.ResponseWriter, r *http.Request, about route) error {
	return h.mendAnswer(w, r, func(document map[string]any) {
		configuration, _ := document["Configuration"].(map[string]any)
		if configuration == nil {
			return
		}
		h.apply(r, configuration)
		h.functions.with(keyOf(r, about.function.name), func(kept *function) {
			if kept.concurrency != nil {
				document["Concurrency"] = map[string]int{"ReservedConcurrentExecutions": *kept.concurrency}
			}
		})
	})
}

func (h *Handler) getConfiguration(w http.ResponseWriter, r *http.Request, _ route) error {
	return h.mendAnswer(w, r, func(document map[string]any) { h.apply(r, document) })
}

// list mends an answer that lists functions or versions under a field.
func (h *Handler) list(field string) operation {
	return func(w http.ResponseWriter, r *http.Request, _ route) error {
		return h.mendAnswer(w, r, func(document map[string]any) {
			listed, _ := document[field].([]any)
			for _, element := range listed {
				if configuration, ok := element.(map[string]any); ok {
					h.apply(r, configuration)
				}
			}
		})
	}
}

// apply writes what is kept of a function over moto's description of it.
func (h *Handler) apply(r *http.Request, configuration map[string]any) {
	name, _ := configuration["FunctionName"].(string)
	version, _ := configuration["Version"].(string)
	h.functions.with(keyOf(r, name), func(kept *function) { kept.attributes(version).apply(configuration) })
}

// mendAnswer passes a request on and changes the answer, unless it is an error.
func (h *Handler) mendAnswer(w http.ResponseWriter, r *http.Request, mend func(map[string]any)) error {
	answer := relay.Capture(h.moto, r)
	if !answer.OK() {
		answer.Send(w)
		return nil
	}
	document, err := answer.JSON()
	if err != nil {
		return err
	}
	mend(document)
	return send(w, answer, document)
}

// send answers with another document than moto did.
func send(w http.ResponseWriter, answer *relay.Answer, document any) error {
	if err := answer.SetJSON(document); err != nil {
		return err
	}
	answer.Header.Del("X-Amz-Crc32")
	answer.Send(w)
	return nil
}

// delete lets what is kept of a function, or of one version or alias, go with it.
func (h *Handler) delete(w http.ResponseWriter, r *http.Request, about route) error {
	answer := relay.Capture(h.moto, r)
	if answer.OK() {
		h.functions.drop(keyOf(r, about.function.name), about.function.qualifier)
	}
	answer.Send(w)
	return nil
}
