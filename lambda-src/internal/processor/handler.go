// Package processor turns changes of compliance into objects in the reports bucket and mails.
//
// One result of AWS Config (rule, resource and ordering timestamp) is one object, created by a conditional write with
// the claim of the invocation that created it. When there is something to tell, the object is created as pending,
// the mail is published, and the object is marked as sent: three calls. A copy of an event that this environment has
// finished, or is at work on, is a duplicate without a call (memory says why that is safe). Any other copy finds the object
// and leaves it to its claimant. Only the claimant's own retry by Lambda, or a copy that comes when the claimant can't
// be running any more, tells what is still pending. So no notification is lost, and one is repeated only when
// an invocation died between publishing and marking. EventBridge's redelivery of an event is an invocation like any other:
// it has a request id, a claim and retries of its own.
//
// Calls to AWS, and the permissions that they need:
//
//	s3:PutObject         arn:aws:s3:::BUCKET/events/*        creating and marking an event's object
//	s3:GetObject         arn:aws:s3:::BUCKET/events/*        another copy's look at the object, and If-Match
//	s3:PutObject         arn:aws:s3:::BUCKET/state/floods/*  slots, windows and markers of floods
//	s3:GetObject         arn:aws:s3:::BUCKET/state/floods/*  whose window it is
//	s3:ListBucket        arn:aws:s3:::BUCKET                 the markers, below state/floods/ only
//	kms:GenerateDataKey  the deployment's key                writing to the bucket, publishing to the encrypted topic
//	kms:Decrypt          the deployment's key                reading from the bucket, publishing to the encrypted topic
//	sns:Publish          the violations topic
package processor

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
)

// Why an event is ignored: values of the Reason dimension.
const (
	reasonMalformed    = "malformed"
	reasonUnknownKind  = "unknown-kind"
	reasonWithdrawn    = "result-withdrawn"
	reasonForeignRule  = "foreign-rule"
	reasonOtherAccount = "other-account"
)

// loggedPayload is how much of a malformed event is logged, in bytes.
const loggedPayload = 2048

// Store is where events are kept.
type Store interface {
	URL(key string) string
	Create(ctx context.Context, key string, document any) (documents.Version, error)
	Read(ctx context.Context, key string, document any) (documents.Version, error)
	Replace(ctx context.Context, key string, document any, old documents.Version) (documents.Version, error)
	Write(ctx context.Context, key string, document any) error
}

// Topic is where mails are published.
type Topic interface {
	Publish(ctx context.Context, message notify.Message) (string, error)
}

// Metrics is where metrics are written.
type Metrics interface {
	Emit(name string, unit emf.Unit, value float64, dimensions ...emf.Dimension)
}

// Modes say what the remediator may do about a rule: names.ModeOff, names.ModePlan or names.ModeEnforce.
type Modes interface {
	Of(rule string) string
}

// Handler handles the events of one deployment.
type Handler struct {
	Prefix     string
	Alias      string // of the account; "" if it has none
	Rules      rules.Book
	Modes      Modes
	FloodLimit int // mails a minute; 0 is no limit
	Store      Store
	List       func(ctx context.Context, prefix string) ([]string, error) // the keys in the store that begin so
	Topic      Topic
	Metrics    Metrics
	Log        *slog.Logger
	Now        func() time.Time
	Pause      func(ctx context.Context, length time.Duration) error

	memory memory
	gate   gate
}

// Handle handles one event. An event that can't or need not be processed is counted and logged, and is no error:
// trying it again would not help.
func (h *Handler) Handle(ctx context.Context, payload []byte) error {
	run, err := invocation.From(ctx, h.Now())
	if err != nil {
		return err
	}
	event, err := events.Parse(payload)
	if err != nil {
		h.Log.ErrorContext(ctx, "ignoring a malformed event", "error", err, "eventId", event.ID,
			"size", len(payload), "payload", string(payload[:min(len(payload), loggedPayload)]))
		h.count(names.MetricIgnoredEvents, emf.Dimension{Name: names.DimensionReason, Value: reasonMalformed})
		return nil
	}
	short, reason := h.accept(event, run)
	if reason != "" {
		h.Log.InfoContext(ctx, "ignoring an event", "reason", reason, "eventId", event.ID,
			"rule", event.Change.ConfigRule, "account", event.Change.Account)
		h.count(names.MetricIgnoredEvents, emf.Dimension{Name: names.DimensionReason, Value: reason})
		return nil
	}
	rule := rules.Look(h.Rules, short)
	return h.process(ctx, run, newRecord(event, rule, payload, h.Now()), rule)
}

// accept returns the rule's short name, or why the event is not for this deployment.
func (h *Handler) accept(event events.Event, run invocation.Invocation) (short, reason string) {
	switch event.Kind {
	case events.ComplianceChange:
	case events.ResultWithdrawn:
		return "", reasonWithdrawn
	default:
		return "", reasonUnknownKind
	}
	if event.Change.Account != run.Account {
		return "", reasonOtherAccount
	}
	short, ours := rules.Short(h.Prefix, event.Change.ConfigRule)
	if !ours {
		return "", reasonForeignRule
	}
	return short, ""
}

func (h *Handler) count(metric string, dimensions ...emf.Dimension) {
	h.Metrics.Emit(metric, emf.Count, 1, dimensions...)
}

func (h *Handler) done(ctx context.Context, record Record, delivery Delivery) error {
	h.Log.InfoContext(ctx, "processed an event", "id", record.ID, "rule", record.Rule, "resource", record.ResourceID,
		"compliance", record.Compliance, "transition", record.Transition, "delivery", delivery)
	h.count(names.MetricEventsProcessed)
	if delivery == Summarised {
		h.count(names.MetricSummarisedEvents)
	}
	if record.Transition == Violation {
		h.count(names.MetricViolations, emf.Dimension{Name: names.DimensionSeverity, Value: string(record.Severity)})
	}
	return nil
}

func (h *Handler) duplicate(ctx context.Context, record Record) error {
	h.Log.InfoContext(ctx, "ignoring a duplicate event", "id", record.ID, "rule", record.Rule, "resource", record.ResourceID)
	h.count(names.MetricDuplicateEvents)
	return nil
}

func wrap(record Record, err error) error {
	return fmt.Errorf("processing result %s of rule %s on %s: %w", record.ID, record.Rule, record.ResourceID, err)
}
