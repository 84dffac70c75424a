package mail

import (
	"context"
	"encoding/json"
	"encoding/xml"
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

// entries are attributes, as SNS answers them.
type entries []struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func (e entries) get(key string) string {
	for _, one := range e {
		if one.Key == key {
			return one.Value
		}
	}
	return ""
}

// read reads who is subscribed to a topic by mail.
func (s *subscribers) read(ctx context.Context, region, topic string) (*list, error) {
	var about struct {
		Attributes entries `xml:"GetTopicAttributesResult>Attributes>entry"`
	}
	if err := s.ask(ctx, region, url.Values{"Action": {"GetTopicAttributes"}, "TopicArn": {topic}}, &about); err != nil {
		return nil, err
	}
	made := &list{displayName: about.Attributes.get("DisplayName")}
	for token := ""; ; {
		var page struct {
			Members []struct {
				SubscriptionArn, Protocol, Endpoint string
			} `xml:"ListSubscriptionsByTopicResult>Subscriptions>member"`
			NextToken string `xml:"ListSubscriptionsByTopicResult>NextToken"`
		}
		form := url.Values{"Action": {"ListSubscriptionsByTopic"}, "TopicArn": {topic}}
		if token != "" {
			form.Set("NextToken", token)
		}
		if err := s.ask(ctx, region, form, &page); err != nil {
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
		Attributes entries `xml:"GetSubscriptionAttributesResult>Attributes>entry"`
	}
	form := url.Values{"Action": {"GetSubscriptionAttributes"}, "SubscriptionArn": {to.arn}}
	if err := s.ask(ctx, region, form, &about); err != nil {
		return err
	}
	policy := strings.TrimSpace(about.Attributes.get("FilterPolicy"))
	if policy == "" || policy == "{}" {
		return nil
	}
	filter, err := eventpattern.CompileUnlimited(policy)
	if err != nil {
		return fmt.Errorf("reading the filter policy of %s: %w", to.arn, err)
	}
	to.filter, to.onBody = filter, about.Attributes.get("FilterPolicyScope") == "MessageBody"
	return nil
}

// ask asks SNS something.
func (s *subscribers) ask(ctx context.Context, region string, form url.Values, into any) error {
	form.Set("Version", "2010-03-31")
	body := strings.NewReader(form.Encode())
	classified := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := awsreq.Classify(r)
		s.sns.ServeHTTP(w, awsreq.With(r, &info))
	})
	caller := relay.Caller{Service: "sns", Region: region}
	answer, err := relay.Ask(ctx, classified, caller, http.MethodPost, "/", "application/x-www-form-urlencoded", body)
	if err != nil {
		return err
	}
	if !answer.OK() {
		return fmt.Errorf("asking SNS for %s: status %d: %.200s", form.Get("Action"), answer.Status, answer.Body)
	}
	if err := xml.Unmarshal(answer.Body, into); err != nil {
		return fmt.Errorf("reading SNS's answer to %s: %w", form.Get("Action"), err)
	}
	return nil
}
