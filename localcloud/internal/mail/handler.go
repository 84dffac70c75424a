// Package mail delivers what is published on SNS topics to email subscriptions: each mail becomes a file in a folder, and
// is told by an endpoint. It stands in front of SNS, which does all else.
package mail

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// bodyLimit is how many bytes the requests may have that are looked at here; SNS allows 256 KiB of messages.
const bodyLimit = 4 << 20

// Options are what a [Handler] is made of.
type Options struct {
	SNS    http.Handler // publishes, and keeps subscriptions
	Folder string       // for the mails; it is emptied
	Clock  *clock.Clock
	Log    *log.Logger // for what nobody else is told
}

// Handler serves SNS with mail.
type Handler struct {
	Options
	subscribers *subscribers
	mailbox     *mailbox
}

// New makes the handler, and its folder.
func New(options Options) (*Handler, error) {
	box, err := newMailbox(options.Folder)
	if err != nil {
		return nil, err
	}
	return &Handler{Options: options, subscribers: &subscribers{sns: options.SNS}, mailbox: box}, nil
}

// published are the operations that make mails.
var published = []string{"Publish", "PublishBatch"}

// Operations are those that are served here.
func (h *Handler) Operations() []string { return published }

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch operation := awsreq.From(r).Operation; {
	case slices.Contains(published, operation):
		if err := h.publish(w, r); err != nil {
			var fault *awserr.Error
			if !errors.As(err, &fault) {
				fault = &awserr.Error{Status: http.StatusInternalServerError, Code: "InternalError", Message: err.Error()}
			}
			fault.WriteQuery(w)
		}
	case strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "List"):
		h.SNS.ServeHTTP(w, r)
	default:
		defer h.subscribers.known.Forget()
		h.SNS.ServeHTTP(w, r)
	}
}

// publish publishes a message, and sends the mails that it makes.
func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	body, err := awsreq.Body(r, bodyLimit)
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return awserr.New("MalformedQueryString", "%v", err)
	}
	messages := read(form)
	for _, one := range messages {
		if strings.ContainsFunc(one.subject, unicode.IsControl) {
			return awserr.New("InvalidParameter", "Invalid parameter: Subject")
		}
	}
	answer := relay.Capture(h.SNS, r)
	if answer.OK() {
		if err := h.deliver(r.Context(), awsreq.From(r).Region, messages, answer.Body); err != nil {
			h.Log.Printf("sending mails: %v", err)
		}
	}
	answer.Send(w)
	return nil
}

// accepted are the ids that SNS gave messages.
type accepted struct {
	Single  string `xml:"PublishResult>MessageId"`
	Batched []struct {
		ID        string `xml:"Id"`
		MessageID string `xml:"MessageId"`
	} `xml:"PublishBatchResult>Successful>member"`
}

func (a accepted) of(batchID string) string {
	if batchID == "" {
		return a.Single
	}
	for _, one := range a.Batched {
		if one.ID == batchID {
			return one.MessageID
		}
	}
	return ""
}

// deliver sends the mails of the messages that SNS took.
func (h *Handler) deliver(ctx context.Context, region string, messages []message, answer []byte) error {
	var ids accepted
	if err := xml.Unmarshal(answer, &ids); err != nil {
		return fmt.Errorf("reading SNS's answer: %w", err)
	}
	var faults []error
	for _, one := range messages {
		if one.id = ids.of(one.batchID); one.id == "" || one.topic == "" {
			continue
		}
		list, err := h.subscribers.of(ctx, region, one.topic)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for _, to := range list.subscriptions {
			if to.wants(one) {
				faults = append(faults, h.mailbox.add(compose(one, to, list.displayName, region, h.Clock.Now())))
			}
		}
	}
	return errors.Join(faults...)
}
