package keep

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// topicAttributes are the attributes of a topic that moto takes and never gives back.
var topicAttributes = slices.Concat(
	[]string{"ArchivePolicy", "FifoThroughputScope", "SignatureVersion", "TracingConfig"},
	feedbackAttributes("Application", "Firehose", "HTTP", "Lambda", "SQS"),
)

// feedbackAttributes are the attributes about delivery logs, for endpoints of each kind.
func feedbackAttributes(kinds ...string) []string {
	var names []string
	for _, kind := range kinds {
		names = append(names, kind+"SuccessFeedbackRoleArn", kind+"SuccessFeedbackSampleRate", kind+"FailureFeedbackRoleArn")
	}
	return names
}

// topics keeps the attributes of SNS topics. SNS speaks the query protocol: forms in, XML out.
type topics struct {
	moto  http.Handler
	notes *notes
}

// SNS mends topics.
func SNS(moto http.Handler) *Service {
	t := &topics{moto: moto, notes: newNotes()}
	return &Service{
		moto: moto,
		fail: (*awserr.Error).WriteQuery,
		operations: map[string]operation{
			"CreateTopic":        t.create,
			"SetTopicAttributes": t.set,
			"GetTopicAttributes": t.get,
			"DeleteTopic":        t.delete,
		},
	}
}

// readForm reads a request's form and leaves the body readable.
func readForm(r *http.Request) (url.Values, error) {
	body, err := awsreq.Body(r, bodyLimit)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, awserr.New("MalformedQueryString", "%v", err)
	}
	return form, nil
}

// topicKey names a topic by what follows the last colon of its ARN.
func topicKey(r *http.Request, form url.Values) key {
	name := form.Get("Name")
	if arn := form.Get("TopicArn"); arn != "" {
		name = arn[strings.LastIndexByte(arn, ':')+1:]
	}
	return keyOf(r, name)
}

// create notes the attributes that a topic is made with.
func (t *topics) create(r *http.Request) (*relay.Answer, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	answer := relay.Capture(t.moto, r)
	if !answer.OK() {
		return answer, nil
	}
	for i := 1; form.Has("Attributes.entry." + strconv.Itoa(i) + ".key"); i++ {
		entry := "Attributes.entry." + strconv.Itoa(i)
		t.note(topicKey(r, form), form.Get(entry+".key"), form.Get(entry+".value"))
	}
	return answer, nil
}

func (t *topics) set(r *http.Request) (*relay.Answer, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	answer := relay.Capture(t.moto, r)
	if answer.OK() {
		t.note(topicKey(r, form), form.Get("AttributeName"), form.Get("AttributeValue"))
	}
	return answer, nil
}

func (t *topics) note(of key, name, value string) {
	if slices.Contains(topicAttributes, name) {
		t.notes.set(of, name, value)
	}
}

func (t *topics) delete(r *http.Request) (*relay.Answer, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	answer := relay.Capture(t.moto, r)
	if answer.OK() {
		t.notes.drop(topicKey(r, form))
	}
	return answer, nil
}

// entry is an attribute as SNS answers it.
type entry struct {
	XMLName xml.Name `xml:"entry"`
	Key     string   `xml:"key"`
	Value   string   `xml:"value"`
}

// get adds the noted attributes to moto's.
func (t *topics) get(r *http.Request) (*relay.Answer, error) {
	form, err := readForm(r)
	if err != nil {
		return nil, err
	}
	answer := relay.Capture(t.moto, r)
	if !answer.OK() {
		return answer, nil
	}
	var added []entry
	for _, name := range topicAttributes {
		if value := t.notes.get(topicKey(r, form), name); value != "" {
			added = append(added, entry{Key: name, Value: value})
		}
	}
	text, err := xml.Marshal(added)
	if err != nil {
		return nil, fmt.Errorf("encoding a topic's attributes: %w", err)
	}
	end := []byte("</Attributes>")
	if at := bytes.LastIndex(answer.Body, end); at >= 0 {
		answer.Body = slices.Concat(answer.Body[:at], text, answer.Body[at:])
	}
	return answer, nil
}
