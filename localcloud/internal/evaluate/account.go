package evaluate

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// AccountID is the one account that there is.
const AccountID = "123456789012"

// Account reads the resources of the account in one region, as they are now: whatever was read once is remembered, so
// a new look at the resources takes a new Account. It is not for use by several goroutines.
type Account struct {
	aws    http.Handler
	region string
	now    time.Time
	read   map[string]any
}

// NewAccount makes a reader of what is behind an AWS endpoint. Ages are reckoned from the given time.
func NewAccount(aws http.Handler, region string, now time.Time) *Account {
	return &Account{aws: aws, region: region, now: now, read: map[string]any{}}
}

// once reads something unless it was read before, under the same name.
func once[T any](account *Account, name string, read func() (T, error)) (T, error) {
	if known, found := account.read[name]; found {
		return known.(T), nil
	}
	value, err := read()
	if err == nil {
		account.read[name] = value
	}
	return value, err
}

// json asks an operation of a service that speaks JSON 1.0 or 1.1; target is like TrentService.ListKeys.
func (a *Account) json(ctx context.Context, service, target string, input, output any) error {
	return relay.Call(ctx, a.aws, relay.Caller{Service: service, Region: a.region}, target, input, output)
}

// query asks an operation of a service that speaks the query protocol. Parameters follow in pairs.
func (a *Account) query(ctx context.Context, service, version, action string, output any, parameters ...string) error {
	form := url.Values{"Action": {action}, "Version": {version}}
	for i := 0; i+1 < len(parameters); i += 2 {
		form.Set(parameters[i], parameters[i+1])
	}
	answer, err := relay.Ask(ctx, a.aws, relay.Caller{Service: service, Region: a.region}, http.MethodPost, "/",
		"application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	return decode(answer, service+" "+action, output)
}

// get asks for something by REST; what answers is XML or JSON.
func (a *Account) get(ctx context.Context, service, path string, output any) error {
	answer, err := relay.Ask(ctx, a.aws, relay.Caller{Service: service, Region: a.region}, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	return decode(answer, service+" "+path, output)
}

// decode reads an answer, which may be an error in any of AWS's shapes.
func decode(answer *relay.Answer, asked string, output any) error {
	if !answer.OK() {
		return fmt.Errorf("asking for %s: %w", asked, serviceError(answer))
	}
	body := strings.TrimSpace(string(answer.Body))
	if output == nil || body == "" {
		return nil
	}
	read := xml.Unmarshal
	if strings.HasPrefix(body, "{") {
		read = json.Unmarshal
	}
	if err := read([]byte(body), output); err != nil {
		return fmt.Errorf("decoding the answer to %s: %w", asked, err)
	}
	return nil
}

// serviceError reads the code of an error: in XML as S3, EC2 and the query protocol have it, or in a header.
func serviceError(answer *relay.Answer) error {
	var document struct {
		Code   string `xml:"Code"`              // S3
		Query  string `xml:"Error>Code"`        // the query protocol
		EC2    string `xml:"Errors>Error>Code"` // EC2
		Reason string `xml:"Message"`
	}
	xml.Unmarshal(answer.Body, &document) //nolint:errcheck,gosec // an error without a document has its code elsewhere
	code := document.Code + document.Query + document.EC2
	if code == "" {
		code, _, _ = strings.Cut(answer.Header.Get("X-Amzn-Errortype"), ":")
	}
	message := document.Reason
	if code == "" {
		code, message = "UnknownError", fmt.Sprintf("status %d: %.200s", answer.Status, answer.Body)
	}
	return &awserr.Error{Status: answer.Status, Code: code, Message: message}
}

// errorCode is the code of an AWS error, or empty.
func errorCode(err error) string {
	var fault *awserr.Error
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

// gone says whether an error is that a resource does not exist.
func gone(err error) bool {
	code := errorCode(err)
	return strings.HasPrefix(code, "NoSuch") || strings.HasSuffix(code, "NotFound") || strings.HasSuffix(code, "NotFoundException") ||
		strings.HasSuffix(code, "NotFoundFault")
}
