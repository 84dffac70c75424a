package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/eventpattern"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/memo"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Protocols of subscriptions that are delivered here.
const (
	plain    = "email"
	document = "email-json"
)

// subscription is an email subscription.
type subscription struct {
	arn      string
	address  string
	protocol string
	filter   *eventpattern.Pattern // nil where all messages are wanted
	onBody   bool                  // whether the filter looks at the message, not its attributes
}

// wants says whether a message passes a subscription's filter policy. A filter on bodies takes no message that is no JSON.
func (s subscription) wants(one message) bool {
	if s.filter == nil {
		return true
	}
	text := []byte(one.text)
	if !s.onBody {
		text, _ = json.Marshal(one.event()) //nolint:errchkjson // its values are JSON
	}
	matches, err := s.filter.Matches(text)
	return err == nil && matches
}

// list is who gets mails of a topic.
type list struct {
	displayName   string // of the topic
	subscriptions []subscription
}

// subscribers knows who gets mails. It asks SNS once for each topic, and again after something was changed.
type subscribers struct {
	sns   http.Handler
	known memo.Memo[string, *list] // by topic
}

func (s *subscribers) of(ctx context.Context, region, topic string) (*list, error) {
	return s.known.Get(topic, func() (*list, error) { return s.read(ctx, region, topic) })
}

// read reads who is subscribed to a topic by mail.
func (s *subscribers) read(ctx context.Context, region, topic string) (*list, error) {
	about, err := relay.Topic(ctx, s.classified(), relay.Caller{Service: "sns", Region: region}, topic)
	if err != nil {
		return nil, err
	}
	made := &list{displayName: about.Get("DisplayName")}
	for token := ""; ; {
		var page struct {
			Members []struct {
				SubscriptionArn, Protocol, Endpoint string
			} `xml:"ListSubscriptionsByTopicResult>Subscriptions>member"`
			NextToken string `xml:"ListSubscriptionsByTopicResult>NextToken"`
		}
		form := url.Values{"TopicArn": {topic}}
		if token != "" {
			form.Set("NextToken", token)
		}
		if err := s.ask(ctx, region, "ListSubscriptionsByTopic", form, &page); err != nil {
			return nil, err
		}
		for _, one := range page.Members {
			if one.Protocol != plain && one.Protocol != document {
				continue
			}
			added := subscription{arn: one.SubscriptionArn, address: one.Endpoint, protocol: one.Protocol}
			if err := s.complete(ctx, region, &added); err != nil {
				return nil, err
			}
			made.subscriptions = append(made.subscriptions, added)
		}
		if token = page.NextToken; token == "" {
			return made, nil
		}
	}
}

// complete reads a subscription's filter policy.
func (s *subscribers) complete(ctx context.Context, region string, to *subscription) error {
	var about struct {
		Attributes relay.Entries `xml:"GetSubscriptionAttributesResult>Attributes>entry"`
	}
	if err := s.ask(ctx, region, "GetSubscriptionAttributes", url.Values{"SubscriptionArn": {to.arn}}, &about); err != nil {
		return err
	}
	policy := strings.TrimSpace(about.Attributes.Get("FilterPolicy"))
	if policy == "" || policy == "{}" {
		return nil
	}
	filter, err := eventpattern.CompileUnlimited(policy)
	if err != nil {
		return fmt.Errorf("reading the filter policy of %s: %w", to.arn, err)
	}
	to.filter, to.onBody = filter, about.Attributes.Get("FilterPolicyScope") == "MessageBody"
	return nil
}

// ask asks SNS something.
func (s *subscribers) ask(ctx context.Context, region, action string, form url.Values, into any) error {
	return relay.Query(ctx, s.classified(), relay.Caller{Service: "sns", Region: region}, action, form, into)
}

// classified is SNS for requests that have not come through the gateway.
func (s *subscribers) classified() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := awsreq.Classify(r)
		s.sns.ServeHTTP(w, awsreq.With(r, &info))
	})
}
