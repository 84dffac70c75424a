package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// control speaks with the local cloud's own endpoints, which docs/localcloud.md describes.
type control struct{ endpoint string }

func (c control) call(ctx context.Context, method, path string, body []byte, into any) error {
	return localcloud.Control(ctx, c.endpoint, method, path, body, into)
}

type clockAnswer struct {
	Now time.Time `json:"now"`
}

// now is the local cloud's time.
func (c control) now(ctx context.Context) (time.Time, error) {
	var answer clockAnswer
	err := c.call(ctx, http.MethodGet, "clock", nil, &answer)
	return answer.Now, err
}

// advance moves the local cloud's clock ahead. What falls due on the way has run when it returns.
func (c control) advance(ctx context.Context, by time.Duration) error {
	var answer clockAnswer
	return c.call(ctx, http.MethodPost, "clock", fmt.Appendf(nil, `{"advance": %q}`, by), &answer)
}

// Mail is a mail in the mailbox.
type Mail struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// mails are those that came since a moment of the local cloud's time, the oldest first.
func (c control) mails(ctx context.Context, since time.Time) ([]Mail, error) {
	var mails []Mail
	query := url.Values{"since": {since.Format(time.RFC3339Nano)}}
	return mails, c.call(ctx, http.MethodGet, "mailbox?"+query.Encode(), nil, &mails)
}

// evaluation is one result of AWS Config.
type evaluation struct {
	Compliance string    `json:"complianceType"`
	Ordering   time.Time `json:"orderingTimestamp"` // of the local cloud
}

// history are all results of a resource under a rule, the oldest first.
func (c control) history(ctx context.Context, rule, resourceType, id string) ([]evaluation, error) {
	var results []evaluation
	query := url.Values{"rule": {rule}, "resourceType": {resourceType}, "resourceId": {id}}
	return results, c.call(ctx, http.MethodGet, "config/evaluations?"+query.Encode(), nil, &results)
}
