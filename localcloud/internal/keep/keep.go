// Package keep keeps what moto drops of queues, topics, keys and log groups: for each of these services it notes
// attributes when they are set, lets moto do the rest, and adds them to what moto answers.
package keep

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// bodyLimit is how many bytes the requests may have that are looked at here.
const bodyLimit = 1 << 20

// operation serves one operation.
type operation func(*http.Request) (*relay.Answer, error)

// Service serves some operations of a service; the others are moto's.
type Service struct {
	moto       http.Handler
	operations map[string]operation
	jsonOnly   bool // requests of another protocol are moto's
	fail       func(*awserr.Error, http.ResponseWriter)
}

// Operations are those that are not moto's alone.
func (s *Service) Operations() []string { return slices.Sorted(maps.Keys(s.operations)) }

// ServeHTTP implements [http.Handler].
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	serve := s.operations[awsreq.From(r).Operation]
	if serve == nil || s.jsonOnly && r.Header.Get("X-Amz-Target") == "" {
		s.moto.ServeHTTP(w, r)
		return
	}
	answer, err := serve(r)
	if err == nil {
		answer.Send(w)
		return
	}
	var fault *awserr.Error
	if !errors.As(err, &fault) {
		fault = &awserr.Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
	}
	s.fail(fault, w)
}

// jsonService is a service of the JSON protocols.
func jsonService(moto http.Handler) *Service {
	return &Service{moto: moto, fail: (*awserr.Error).WriteJSON}
}

// readJSON decodes a request's body and leaves it readable.
func readJSON[T any](r *http.Request) (T, error) { return relay.Input[T](r, bodyLimit) }

// mendJSON changes moto's answer, unless it is an error. What moto has no value for it says is null, where AWS says nothing.
func mendJSON(answer *relay.Answer, mend func(map[string]any)) (*relay.Answer, error) {
	if !answer.OK() {
		return answer, nil
	}
	document, err := answer.JSON()
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(document, func(_ string, value any) bool { return value == nil })
	mend(document)
	return answer, answer.SetJSON(document)
}

// key names a resource.
type key struct{ region, name string }

// keyOf is the key of a resource that a request is about.
func keyOf(r *http.Request, name string) key {
	return key{region: awsreq.From(r).Region, name: name}
}

// notes are what is kept of the resources of one kind: attributes, by name.
type notes struct {
	mutex sync.RWMutex
	kept  map[key]map[string]string
}

func newNotes() *notes { return &notes{kept: map[key]map[string]string{}} }

// set notes an attribute; an empty value takes it away.
func (n *notes) set(of key, name, value string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.kept[of] == nil {
		n.kept[of] = map[string]string{}
	}
	if value == "" {
		delete(n.kept[of], name)
		return
	}
	n.kept[of][name] = value
}

// get gives an attribute, which is empty where none was noted.
func (n *notes) get(of key, name string) string {
	n.mutex.RLock()
	defer n.mutex.RUnlock()
	return n.kept[of][name]
}

func (n *notes) drop(of key) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	delete(n.kept, of)
}
