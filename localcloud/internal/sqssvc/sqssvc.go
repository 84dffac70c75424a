// Package sqssvc mends SQS: it keeps the redrive-allow policy of a queue, which moto drops, and answers attributes in
// AWS's form. It understands the JSON protocol, which every SDK of today speaks to SQS; requests of the older query
// protocol go to moto as they are.
package sqssvc

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

const (
	bodyLimit   = 4 << 20 // bytes; a batch of messages is up to a megabyte
	allowPolicy = "RedriveAllowPolicy"
	allNames    = "All"
)

// queueKey names a queue.
type queueKey struct{ region, name string }

// Handler serves SQS in front of moto.
type Handler struct {
	moto  http.Handler
	mutex sync.RWMutex
	allow map[queueKey]string // redrive-allow policies
}

// New makes the handler.
func New(moto http.Handler) *Handler {
	return &Handler{moto: moto, allow: map[queueKey]string{}}
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operations := map[string]func(*http.Request) (*relay.Answer, error){
		"CreateQueue":        h.change,
		"SetQueueAttributes": h.change,
		"GetQueueAttributes": h.get,
		"DeleteQueue":        h.delete,
	}
	operation := operations[awsreq.From(r).Operation]
	if operation == nil || r.Header.Get("X-Amz-Target") == "" {
		h.moto.ServeHTTP(w, r)
		return
	}
	answer, err := operation(r)
	if err != nil {
		writeError(w, err)
		return
	}
	answer.Send(w)
}

func writeError(w http.ResponseWriter, err error) {
	var fault *awserr.Error
	if !errors.As(err, &fault) {
		fault = &awserr.Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
	}
	fault.WriteJSON(w)
}

// input is what the operations here are given.
type input struct {
	QueueName      string
	QueueURL       string `json:"QueueUrl"`
	Attributes     map[string]string
	AttributeNames []string
}

func read(r *http.Request) (input, queueKey, error) {
	var in input
	body, err := awsreq.Body(r, bodyLimit)
	if err != nil {
		return in, queueKey{}, err
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return in, queueKey{}, awserr.New("SerializationException", "%v", err)
	}
	name := in.QueueName
	if in.QueueURL != "" {
		name = in.QueueURL[strings.LastIndexByte(in.QueueURL, '/')+1:]
	}
	return in, queueKey{region: awsreq.From(r).Region, name: name}, nil
}

// change keeps the redrive-allow policy of a queue that is made or changed; an empty one takes it away.
func (h *Handler) change(r *http.Request) (*relay.Answer, error) {
	in, key, err := read(r)
	if err != nil {
		return nil, err
	}
	policy, given := in.Attributes[allowPolicy]
	if given && policy != "" && !json.Valid([]byte(policy)) {
		return nil, awserr.New("InvalidAttributeValue", "Invalid value for the parameter RedriveAllowPolicy.")
	}
	answer := relay.Capture(h.moto, r)
	if answer.OK() && given {
		h.mutex.Lock()
		defer h.mutex.Unlock()
		h.allow[key] = policy
	}
	return answer, nil
}

func (h *Handler) delete(r *http.Request) (*relay.Answer, error) {
	_, key, err := read(r)
	if err != nil {
		return nil, err
	}
	answer := relay.Capture(h.moto, r)
	if answer.OK() {
		h.mutex.Lock()
		defer h.mutex.Unlock()
		delete(h.allow, key)
	}
	return answer, nil
}

// get adds the redrive-allow policy where it is asked for, and gives the attributes AWS's form. Moto refuses a request
// that names the policy, so it is not told.
func (h *Handler) get(r *http.Request) (*relay.Answer, error) {
	in, key, err := read(r)
	if err != nil {
		return nil, err
	}
	asked := slices.Contains(in.AttributeNames, allowPolicy)
	if asked {
		if err := withoutAllowPolicy(r, in); err != nil {
			return nil, err
		}
	}
	answer := relay.Capture(h.moto, r)
	if !answer.OK() {
		return answer, nil
	}
	document, err := answer.JSON()
	if err != nil {
		return nil, err
	}
	attributes, _ := document["Attributes"].(map[string]any)
	if attributes == nil {
		attributes = map[string]any{}
	}
	h.mutex.RLock()
	policy := h.allow[key]
	h.mutex.RUnlock()
	if policy != "" && (asked || slices.Contains(in.AttributeNames, allNames)) {
		attributes[allowPolicy] = policy
	}
	mendAttributes(attributes)
	document["Attributes"] = attributes
	return answer, answer.SetJSON(document)
}

// withoutAllowPolicy takes the policy's name out of a request.
func withoutAllowPolicy(r *http.Request, in input) error {
	names := slices.DeleteFunc(slices.Clone(in.AttributeNames), func(name string) bool { return name == allowPolicy })
	if len(names) == 0 {
		names = []string{"QueueArn"}
	}
	body, err := json.Marshal(map[string]any{"QueueUrl": in.QueueURL, "AttributeNames": names})
	if err != nil {
		return err
	}
	awsreq.SetBody(r, body)
	return nil
}

// mendAttributes gives times in whole seconds, and says that a queue with a key of KMS does not use SQS's own.
func mendAttributes(attributes map[string]any) {
	for _, name := range []string{"CreatedTimestamp", "LastModifiedTimestamp"} {
		if text, ok := attributes[name].(string); ok {
			attributes[name], _, _ = strings.Cut(text, ".")
		}
	}
	if key, _ := attributes["KmsMasterKeyId"].(string); key != "" {
		if _, found := attributes["SqsManagedSseEnabled"]; found {
			attributes["SqsManagedSseEnabled"] = "false"
		}
	}
}
