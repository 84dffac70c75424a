package relay

import (
	"encoding/json"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

// Input decodes a request's body in a JSON protocol, of up to a limit in bytes, and leaves it readable.
func Input[T any](r *http.Request, limit int64) (T, error) {
	var in T
	body, err := awsreq.Body(r, limit)
	if err != nil {
		return in, err
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return in, awserr.New("SerializationException", "%v", err)
	}
	return in, nil
}

// Output answers with a document in the JSON 1.1 protocol.
func Output(w http.ResponseWriter, document any) error {
	answer, err := Document(document)
	if err != nil {
		return err
	}
	answer.Send(w)
	return nil
}

// Document is an answer with a document in the JSON 1.1 protocol.
func Document(document any) (*Answer, error) {
	answer := &Answer{Status: http.StatusOK, Header: http.Header{}}
	answer.Header.Set("Content-Type", "application/x-amz-json-1.1")
	answer.Header.Set("x-amzn-RequestId", awserr.RequestID())
	return answer, answer.SetJSON(document)
}
