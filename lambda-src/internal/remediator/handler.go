// Package remediator fixes resources that violate a rule, if their rule's mode, their owner and their state allow it.
//
// For each resource, in this order, with an outcome each: the rule's mode is off (nothing is read) → exempt → opted out
// by a tag → gone → already compliant → owned by infrastructure as code → planned (mode plan, or a disruptive fix that the
// rule's settings do not allow) → breaker → fight → applied and verified, or failed. Whatever can't be read or written stops
// it before the resource is written: a failure to read the exemptions, the tags, the live state, the breaker, the history
// of fixes or the record, to record the state before or to count the change means that nothing is changed.
//
// A record is one per result of AWS Config, under remediations/, by the same id as the result's event, so that
// an event, its copies and the sweep share it. An invocation claims the record before it writes; another one leaves
// a claimed record alone, and one that comes after a crash looks whether the write has landed before it writes again.
// A result whose record says verified is not touched again: AWS Config has to give a new result first.
//
// The breaker lets a rule's settings limit how many resources are changed for it in an hour, by all invocations together:
// each change is counted, by its record's id, before it is made. The history of fixes remembers which fixes of a resource
// were verified. When the same fix is wanted again after it was undone twice, or after an operator had it undone, it is a
// fight, and nothing is changed until somebody acts.
//
// An operator's event undoes one verified fix: it restores exactly the state before, if the resource is still as the fix
// left it. It is claimed, verified and recorded in the fix's record as a fix is.
//
// The schedule's event is the sweep: every non-compliant result of every remediable rule, treated like an event.
// What one invocation has to tell is one mail.
//
// Calls to AWS, and the permissions that they need, beside those of the remediations (their catalogue entries):
//
//	s3:GetObject                             arn:aws:s3:::BUCKET/config/exemptions.json
//	s3:GetObject, s3:PutObject               arn:aws:s3:::BUCKET/remediations/*, …/state/breaker/*, …/state/fixes/*
//	s3:ListBucket                            arn:aws:s3:::BUCKET  so that S3 tells a missing object from a forbidden one
//	kms:GenerateDataKey, kms:Decrypt         the deployment's key  bucket and topic are encrypted with it
//	sns:Publish                              the operations topic
//	config:GetComplianceDetailsByConfigRule  arn:aws:config:REGION:ACCOUNT:config-rule/*  (an ARN ends in a rule's id)
//	config:StartConfigRulesEvaluation        arn:aws:config:REGION:ACCOUNT:config-rule/*
package remediator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/events"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/exemptions"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// Why an event is ignored: values of the Reason dimension.
const (
	reasonMalformed   = "malformed"
	reasonUnknownKind = "unknown-kind"
)

// loggedPayload is how much of a malformed event is logged, in bytes.
const loggedPayload = 2048

// Store is where exemptions and records are kept.
type Store interface {
	URL(key string) string
	ReadRaw(ctx context.Context, key string) ([]byte, store.Version, error)
	Create(ctx context.Context, key string, document any) (store.Version, error)
	Read(ctx context.Context, key string, document any) (store.Version, error)
	Replace(ctx context.Context, key string, document any, old store.Version) (store.Version, error)
}

// Config is what is called of AWS Config.
type Config interface {
	configrules.Reader
	StartConfigRulesEvaluation(ctx context.Context, rules []string) error
}

// Topic is where mails are published.
type Topic interface {
	Publish(ctx context.Context, message notify.Message) (string, error)
}

// Metrics is where metrics are written.
type Metrics interface {
	Emit(name string, unit emf.Unit, value float64, dimensions ...emf.Dimension)
}

// Modes say what may be done for a rule, by its short name.
type Modes interface {
	Of(rule string) string
}

// Rules say how a rule is remediated, beyond its mode.
type Rules interface {
	Of(rule catalogue.Rule) env.Rule
}

// Handler handles the events of one deployment.
type Handler struct {
	Prefix       string
	Catalogue    *catalogue.Catalogue
	Modes        Modes
	Rules        Rules
	Remediations map[string]remediation.Remediation // by the catalogue's names
	Store        Store
	Config       Config
	Topic        Topic
	Metrics      Metrics
	Log          *slog.Logger
	Now          func() time.Time
	Pause        func(ctx context.Context, length time.Duration) error // between two looks at a resource, and two writes that collide
}

// Handle handles one event. An error makes Lambda try it again; so does every failed remediation.
func (h *Handler) Handle(ctx context.Context, payload []byte) error {
	_, err := h.Answer(ctx, payload)
	return err
}

// nothing is the answer to an event that nobody waits for.
var nothing = []byte("null")

// Answer handles one event as Handle does. It has something to say to an operator who wants a fix undone.
func (h *Handler) Answer(ctx context.Context, payload []byte) ([]byte, error) {
	run, err := invocation.From(ctx, h.Now())
	if err != nil {
		return nil, err
	}
	event, err := events.Parse(payload)
	if err != nil {
		h.Log.ErrorContext(ctx, "ignoring a malformed event", "error", err, "eventId", event.ID,
			"size", len(payload), "payload", string(payload[:min(len(payload), loggedPayload)]))
		h.ignored(reasonMalformed)
		return nothing, nil
	}
	switch event.Kind {
	case events.ComplianceChange:
		return nothing, h.single(ctx, run, event.Change)
	case events.Schedule:
		return nothing, h.sweep(ctx, run)
	case events.Undo:
		return h.undo(ctx, run, event.Undo)
	default:
		h.Log.InfoContext(ctx, "ignoring an event", "reason", reasonUnknownKind, "eventId", event.ID)
		h.ignored(reasonUnknownKind)
		return nothing, nil
	}
}

func (h *Handler) ignored(reason string) {
	h.Metrics.Emit(names.MetricIgnoredEvents, emf.Count, 1, emf.Dimension{Name: names.DimensionReason, Value: reason})
}

// single remediates the resource that an event is about, if it is one of ours that has a remediation.
func (h *Handler) single(ctx context.Context, run invocation.Invocation, change events.Change) error {
	if change.Account != run.Account || change.Region != run.Region || change.Compliance != events.NonCompliant {
		return nil
	}
	rule, ok := h.remediable(change.ConfigRule)
	if !ok {
		return nil
	}
	exempt, err := h.exemptions(ctx)
	if err != nil {
		h.outcome(Failed)
		return err
	}
	batch := batch{exempt: exempt}
	h.remediate(ctx, run, &batch, newCandidate(run, rule, change.Result))
	return h.conclude(ctx, &batch)
}

// exemptions reads the exemptions. When they can't be read, nothing may be changed.
func (h *Handler) exemptions(ctx context.Context) (exemptions.List, error) {
	content, _, err := h.Store.ReadRaw(ctx, names.ExemptionsKey)
	if err != nil {
		return exemptions.List{}, fmt.Errorf("reading the exemptions, without which nothing is remediated: %w", err)
	}
	list, err := exemptions.Parse(content)
	if err != nil {
		return exemptions.List{}, fmt.Errorf("reading the exemptions, without which nothing is remediated; deploy the functions layer again: %w", err)
	}
	return list, nil
}

func (h *Handler) outcome(outcome Outcome) {
	h.Metrics.Emit(names.MetricRemediations, emf.Count, 1, emf.Dimension{Name: names.DimensionOutcome, Value: string(outcome)})
}

// batch is what one invocation remediates.
type batch struct {
	exempt exemptions.List
	tell   []kept   // records whose outcome people are to be told
	fixed  []string // names, in AWS Config, of the rules of fixed resources
	faults []error
}

// kept is a record as it is in the bucket, and whether this invocation has written it.
type kept struct {
	record  Record
	version store.Version
	written bool

	attempted bool // whether a write was tried before this invocation claimed the record
}

func (b *batch) failed(err error) {
	b.faults = append(b.faults, err)
}

func (b *batch) err() error {
	return errors.Join(b.faults...)
}
