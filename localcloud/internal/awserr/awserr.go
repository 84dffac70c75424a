// Package awserr answers with AWS's errors, in the shape of each protocol, so that the SDKs and the CLI take them for
// what they are.
package awserr

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
)

// Error is an error of an AWS service.
type Error struct {
	Status  int // HTTP status; 400 if zero
	Code    string
	Message string
}

// New makes an error with status 400, which most have.
func New(code, format string, arguments ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, arguments...)}
}

// Validation makes the error that AWS answers when a value breaks a constraint of the service model.
func Validation(value any, field, constraint string) *Error {
	return New("ValidationException", "1 validation error detected: Value '%v' at '%s' failed to satisfy constraint: %s",
		value, field, constraint)
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

func (e *Error) status() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}

// WriteJSON answers in the JSON 1.0 and 1.1 protocols.
func (e *Error) WriteJSON(w http.ResponseWriter) {
	body, _ := json.Marshal(map[string]string{"__type": e.Code, "message": e.Message}) //nolint:errchkjson // strings marshal
	w.Header().Set("x-amzn-RequestId", RequestID())
	write(w, "application/x-amz-json-1.1", e.status(), body)
}

// WriteREST answers in the REST-JSON protocol, in Lambda's manner.
func (e *Error) WriteREST(w http.ResponseWriter) {
	body, _ := json.Marshal(map[string]string{"Type": "User", "Message": e.Message, "message": e.Message}) //nolint:errchkjson // strings marshal
	w.Header().Set("x-amzn-RequestId", RequestID())
	w.Header().Set("x-amzn-ErrorType", e.Code)
	write(w, "application/json", e.status(), body)
}

// queryError is the document of the query protocol.
type queryError struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

// WriteQuery answers in the query protocol.
func (e *Error) WriteQuery(w http.ResponseWriter) {
	body, _ := xml.Marshal(queryError{Type: "Sender", Code: e.Code, Message: e.Message, RequestID: RequestID()})
	write(w, "text/xml", e.status(), body)
}

// ec2Error is the document of EC2's protocol.
type ec2Error struct {
	XMLName   xml.Name `xml:"Response"`
	Code      string   `xml:"Errors>Error>Code"`
	Message   string   `xml:"Errors>Error>Message"`
	RequestID string   `xml:"RequestID"`
}

// WriteEC2 answers in EC2's protocol.
func (e *Error) WriteEC2(w http.ResponseWriter) {
	body, _ := xml.Marshal(ec2Error{Code: e.Code, Message: e.Message, RequestID: RequestID()})
	write(w, "text/xml", e.status(), body)
}

// s3Error is the document that S3 answers with.
type s3Error struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Resource  string `xml:",omitempty"`
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
}

// What S3's answers are known by.
const (
	requestIDS3 = "x-amz-request-id"
	hostID      = "localcloud"
)

// IdentifyS3 gives an answer of S3's its ids.
func IdentifyS3(header http.Header) {
	header.Set(requestIDS3, RequestID())
	header.Set("x-amz-id-2", hostID)
}

// WriteS3 answers as S3 does: without a body where the request was a HEAD.
func (e *Error) WriteS3(w http.ResponseWriter, r *http.Request) {
	document := s3Error{Code: e.Code, Message: e.Message, Resource: r.URL.Path, HostID: hostID}
	IdentifyS3(w.Header())
	document.RequestID = w.Header().Get(requestIDS3)
	body, _ := xml.Marshal(document)
	if r.Method == http.MethodHead {
		w.WriteHeader(e.status())
		return
	}
	write(w, "application/xml", e.status(), append([]byte(xml.Header), body...))
}

// write answers with a body. Marshalling the few strings of an error can't fail.
func write(w http.ResponseWriter, contentType string, status int, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck,gosec // the caller has gone
}

// RequestID is a new id in the style of AWS's.
func RequestID() string {
	id := make([]byte, 16)
	rand.Read(id)
	text := hex.EncodeToString(id)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
