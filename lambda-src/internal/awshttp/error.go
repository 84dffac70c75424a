package awshttp

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/smithy-go"
)

// Error is an answer of AWS that is not a success. Package awserr tells what it means.
type Error struct {
	Status  int // of HTTP
	Code    string
	Message string
}

// fault is an error as S3 (Error at the top) and SNS (Error within ErrorResponse) write it.
type fault struct {
	Code    string `xml:"Code"`
	Message string `xml:"Message"`
	Inner   struct {
		Code    string `xml:"Code"`
		Message string `xml:"Message"`
	} `xml:"Error"`
}

// newError reads an error. One without a readable body, such as a proxy's, has its status as its code.
func newError(status int, body string) *Error {
	var read fault
	if err := xml.Unmarshal([]byte(body), &read); err != nil {
		read = fault{}
	}
	if read.Inner.Code != "" {
		read.Code, read.Message = read.Inner.Code, read.Inner.Message
	}
	if read.Code == "" {
		read.Code = codeOf(status)
	}
	return &Error{Status: status, Code: read.Code, Message: read.Message}
}

// newJSONError reads an error as AWS Config writes it: the code is in the header or the body, and may have a name space
// before it and an address after it.
func newJSONError(status int, header http.Header, body string) *Error {
	var read struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	if json.Unmarshal([]byte(body), &read) != nil {
		read.Type, read.Code, read.Message = "", "", ""
	}
	code, _, _ := strings.Cut(cmp.Or(header.Get("X-Amzn-Errortype"), read.Code, read.Type), ":")
	if _, after, found := strings.Cut(code, "#"); found {
		code = after
	}
	return &Error{Status: status, Code: cmp.Or(code, codeOf(status)), Message: read.Message}
}

// codeOf is the code of an answer that does not tell one.
func codeOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "NotFound"
	case http.StatusPreconditionFailed:
		return "PreconditionFailed"
	default:
		return "HTTP" + strconv.Itoa(status)
	}
}

// Error says what AWS said.
func (e *Error) Error() string {
	return fmt.Sprintf("AWS answered %d %s: %s", e.Status, e.Code, e.Message)
}

// ErrorCode is AWS's code.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorMessage is AWS's explanation.
func (e *Error) ErrorMessage() string { return e.Message }

// ErrorFault says whose fault it is.
func (e *Error) ErrorFault() smithy.ErrorFault {
	if e.Status >= http.StatusInternalServerError {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}
