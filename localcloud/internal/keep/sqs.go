package keep

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

const redriveAllowPolicy = "RedriveAllowPolicy" // moto drops it

// queueDocuments are the attributes of a queue that are JSON. AWS answers them as they were set; moto writes them anew.
var queueDocuments = []string{"Policy", "RedrivePolicy", redriveAllowPolicy}

// queues keeps the attributes of SQS queues. It understands the JSON protocol, which every SDK of today speaks to
// SQS; requests of the older query protocol go to moto as they are.
type queues struct {
	moto  http.Handler
	notes *notes
}

// SQS mends queues.
func SQS(moto http.Handler) *Service {
	q := &queues{moto: moto, notes: newNotes()}
	mended := jsonService(moto)
	mended.operations = map[string]operation{
		"CreateQueue":        q.change,
		"SetQueueAttributes": q.change,
		"GetQueueAttributes": q.get,
		"DeleteQueue":        q.delete,
	}
	mended.jsonOnly = true
	return mended
}

// queueInput is what the operations on queues are given.
type queueInput struct {
	QueueName      string
	QueueURL       string `json:"QueueUrl"`
	Attributes     map[string]string
	AttributeNames []string
}

func (in queueInput) name() string {
	if in.QueueURL != "" {
		return in.QueueURL[strings.LastIndexByte(in.QueueURL, '/')+1:]
	}
	return in.QueueName
}

// change notes the documents of a queue that is made or changed.
func (q *queues) change(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[queueInput](r)
	if err != nil {
		return nil, err
	}
	if policy := in.Attributes[redriveAllowPolicy]; policy != "" && !json.Valid([]byte(policy)) {
		return nil, awserr.New("InvalidAttributeValue", "Invalid value for the parameter %s.", redriveAllowPolicy)
	}
	answer := relay.Capture(q.moto, r)
	if !answer.OK() {
		return answer, nil
	}
	for _, name := range queueDocuments {
		if document, given := in.Attributes[name]; given {
			q.notes.set(keyOf(r, in.name()), name, document)
		}
	}
	return answer, nil
}

func (q *queues) delete(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[queueInput](r)
	if err != nil {
		return nil, err
	}
	answer := relay.Capture(q.moto, r)
	if answer.OK() {
		q.notes.drop(keyOf(r, in.name()))
	}
	return answer, nil
}

// get gives the documents as they were set, times in whole seconds, and says that a queue with a key of KMS does not
// use SQS's own.
func (q *queues) get(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[queueInput](r)
	if err != nil {
		return nil, err
	}
	asked := in.AttributeNames
	if slices.Contains(asked, redriveAllowPolicy) {
		if err := askWithout(r, in, redriveAllowPolicy); err != nil {
			return nil, err
		}
	}
	return mendJSON(relay.Capture(q.moto, r), func(document map[string]any) {
		attributes, _ := document["Attributes"].(map[string]any)
		if attributes == nil {
			attributes = map[string]any{}
			document["Attributes"] = attributes
		}
		for _, name := range queueDocuments {
			if kept := q.notes.get(keyOf(r, in.name()), name); kept != "" && asks(asked, name) {
				attributes[name] = kept
			}
		}
		if !asks(asked, "QueueArn") {
			delete(attributes, "QueueArn")
		}
		mendQueue(attributes)
	})
}

func asks(names []string, name string) bool {
	return slices.Contains(names, name) || slices.Contains(names, "All")
}

// askWithout takes an attribute that moto does not know out of a request, which must go on naming one.
func askWithout(r *http.Request, in queueInput, unknown string) error {
	names := slices.DeleteFunc(slices.Clone(in.AttributeNames), func(name string) bool { return name == unknown })
	if len(names) == 0 {
		names = []string{"QueueArn"}
	}
	body, err := json.Marshal(map[string]any{"QueueUrl": in.QueueURL, "AttributeNames": names})
	if err != nil {
		return fmt.Errorf("encoding a request for a queue's attributes: %w", err)
	}
	awsreq.SetBody(r, body)
	return nil
}

func mendQueue(attributes map[string]any) {
	for _, name := range []string{"CreatedTimestamp", "LastModifiedTimestamp"} {
		if text, ok := attributes[name].(string); ok {
			attributes[name], _, _ = strings.Cut(text, ".")
		}
	}
	managed, found := attributes["SqsManagedSseEnabled"]
	if key, _ := attributes["KmsMasterKeyId"].(string); key != "" && found && managed == "true" {
		attributes["SqsManagedSseEnabled"] = "false"
	}
}
