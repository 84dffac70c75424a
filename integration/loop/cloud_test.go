package loop_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// own calls an endpoint of the local cloud's own, and reads its answer into answer unless that is nil.
func own(ctx context.Context, method, path string, body, answer any) {
	GinkgoHelper()
	Expect(deployed.Own(ctx, method, path, body, answer)).To(Succeed())
}

type clock struct {
	Now     time.Time `json:"now,omitzero"`
	Advance string    `json:"advance,omitempty"`
}

// now is the local cloud's time.
func now(ctx context.Context) time.Time {
	GinkgoHelper()
	var answer clock
	own(ctx, http.MethodGet, "clock", nil, &answer)
	return answer.Now
}

// advance moves the local cloud's time ahead, and waits until all that fell due has run.
func advance(ctx context.Context, by time.Duration) {
	GinkgoHelper()
	own(ctx, http.MethodPost, "clock", clock{Advance: by.String()}, nil)
}

// mail is one mail in the mailbox.
type mail struct {
	To, Subject, Body string
	Time              time.Time
}

// mailsSince are those that have come to a topic of ours since a time of the local cloud's.
func mailsSince(ctx context.Context, topic string, since time.Time) []mail {
	GinkgoHelper()
	return slices.DeleteFunc(mails(ctx, topic), func(one mail) bool { return one.Time.Before(since) })
}

// mails are those that have come to a topic of ours.
func mails(ctx context.Context, topic string) []mail {
	GinkgoHelper()
	var all []mail
	own(ctx, http.MethodGet, "mailbox?topic="+full(topic), nil, &all)
	return all
}

// evaluation is one result of AWS Config's.
type evaluation struct {
	Rule           string    `json:"rule"`
	ResourceType   string    `json:"resourceType"`
	ResourceID     string    `json:"resourceId"`
	ComplianceType string    `json:"complianceType"`
	Ordering       time.Time `json:"orderingTimestamp,omitzero"`
}

// evaluations are all results of a resource under a rule of ours, the oldest first.
func evaluations(ctx context.Context, rule string, it thing) []string {
	GinkgoHelper()
	return evaluationsSince(ctx, time.Time{}, rule, it)
}

// evaluationsSince are those that are not older than a time of the local cloud's.
func evaluationsSince(ctx context.Context, since time.Time, rule string, it thing) []string {
	GinkgoHelper()
	query := url.Values{"rule": {full(rule)}, "resourceType": {it.kind}, "resourceId": {it.id}}
	var all []evaluation
	own(ctx, http.MethodGet, "config/evaluations?"+query.Encode(), nil, &all)
	var types []string
	for _, one := range all {
		if !one.Ordering.Before(since) {
			types = append(types, one.ComplianceType)
		}
	}
	return types
}

// decision is what was decided about an action of a role.
type decision struct {
	Role, Action, Resource, Decision, Sid string
	Times                                 int
}

func decisions(ctx context.Context, short string) []decision {
	GinkgoHelper()
	var all []decision
	own(ctx, http.MethodGet, "authorizations?role="+full(short), nil, &all)
	return all
}
