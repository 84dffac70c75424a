package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// control speaks with the local cloud's own endpoints, which docs/localcloud.md describes.
type control struct{ endpoint string }

// answerLimit is how many bytes of an answer are read.
const answerLimit = 16 << 20

func (c control) call(ctx context.Context, method, path string, body []byte, into any) error {
	address := c.endpoint + "/_localcloud/" + path
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("asking the local AWS: %w", err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // never through a proxy
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("asking the local AWS: %w; 'compliance local up' starts it", err)
	}
	defer response.Body.Close() //nolint:errcheck // read only
	content, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return fmt.Errorf("reading what %s answers: %w", address, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s answers %s: %s", method, address, response.Status, bytes.TrimSpace(content))
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("reading what %s answers: %w", address, err)
	}
	return nil
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
