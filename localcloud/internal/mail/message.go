package mail

import (
	"encoding/json"
	"net/url"
	"strconv"
)

// message is a message that is published.
type message struct {
	id         string // SNS's
	batchID    string // the caller's, in a batch
	topic      string
	subject    string
	text       string
	structured bool // whether the text is JSON with a text for each protocol
	attributes map[string]attribute
}

// attribute is an attribute of a message.
type attribute struct {
	Type  string
	Value string
}

// read reads the messages of a request: one, or those of a batch.
func read(form url.Values) []message {
	topic := form.Get("TopicArn")
	if topic == "" {
		topic = form.Get("TargetArn")
	}
	if form.Get("Action") == "Publish" {
		return []message{readOne(form, "", topic)}
	}
	var all []message
	for i := 1; ; i++ {
		prefix := "PublishBatchRequestEntries.member." + strconv.Itoa(i) + "."
		if !form.Has(prefix + "Id") {
			return all
		}
		one := readOne(form, prefix, topic)
		one.batchID = form.Get(prefix + "Id")
		all = append(all, one)
	}
}

func readOne(form url.Values, prefix, topic string) message {
	one := message{
		topic: topic, subject: form.Get(prefix + "Subject"), text: form.Get(prefix + "Message"),
		structured: form.Get(prefix+"MessageStructure") == "json", attributes: map[string]attribute{},
	}
	for i := 1; ; i++ {
		entry := prefix + "MessageAttributes.entry." + strconv.Itoa(i) + "."
		name := form.Get(entry + "Name")
		if name == "" {
			return one
		}
		value := form.Get(entry + "Value.StringValue")
		if value == "" {
			value = form.Get(entry + "Value.BinaryValue")
		}
		one.attributes[name] = attribute{Type: form.Get(entry + "Value.DataType"), Value: value}
	}
}

// forProtocol is the text for subscriptions of a protocol.
func (m message) forProtocol(protocol string) string {
	if !m.structured {
		return m.text
	}
	var texts map[string]string
	if err := json.Unmarshal([]byte(m.text), &texts); err != nil {
		return m.text // SNS refuses it
	}
	if text, found := texts[protocol]; found {
		return text
	}
	return texts["default"]
}

// event is what a filter policy on attributes is tried on: their names and values. Binary ones can't be filtered on.
func (m message) event() map[string]any {
	values := map[string]any{}
	for name, one := range m.attributes {
		switch one.Type {
		case "String.Array":
			var array []any
			if json.Unmarshal([]byte(one.Value), &array) == nil {
				values[name] = json.RawMessage(one.Value)
			}
		case "Number":
			if json.Valid([]byte(one.Value)) {
				values[name] = json.RawMessage(one.Value)
			}
		case "Binary":
		default:
			values[name] = one.Value
		}
	}
	return values
}
