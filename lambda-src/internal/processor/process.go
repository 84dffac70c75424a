package processor

import (
	"context"
	"errors"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
)

// process keeps a record and tells people of it, unless another copy of the event has.
func (h *Handler) process(ctx context.Context, run invocation.Invocation, record Record, rule catalogue.Rule) error {
	if record.Notification.Delivery == Pending {
		claim := run.Claim()
		record.Notification.Claim = &claim
	}
	version, err := h.Store.Create(ctx, record.Key(), record)
	if errors.Is(err, documents.ErrExists) {
		record, version, err = h.takeOver(ctx, run, record)
	}
	switch {
	case errors.Is(err, errDuplicate):
		return h.duplicate(ctx, record)
	case err != nil:
		return wrap(record, err)
	}
	if record.Notification.Delivery == NotNeeded {
		return h.done(ctx, record)
	}
	if err := h.announce(ctx, record, rule, version); err != nil {
		return wrap(record, err)
	}
	return h.done(ctx, record)
}

// takeOver reads the record that another copy of the event, or an earlier try of this one, has created. It claims
// the record when its notification is pending and the claimant is not at work on it; else it returns errDuplicate.
func (h *Handler) takeOver(ctx context.Context, run invocation.Invocation, record Record) (Record, documents.Version, error) {
	var current Record
	version, err := h.Store.Read(ctx, record.Key(), &current)
	if err != nil {
		return record, "", err
	}
	claimed := current.Notification.Claim
	if current.Notification.Delivery != Pending || claimed != nil && !run.MayTake(*claimed, h.Now()) {
		return record, "", errDuplicate
	}
	claim := run.Claim()
	current.Notification.Claim = &claim
	version, err = h.Store.Replace(ctx, record.Key(), current, version)
	if errors.Is(err, documents.ErrChanged) {
		return record, "", errDuplicate
	}
	return current, version, err
}

// announce publishes the record's mail, and then marks it as sent.
func (h *Handler) announce(ctx context.Context, record Record, rule catalogue.Rule, version documents.Version) error {
	messageID, err := h.Topic.Publish(ctx, mail(record, rule, h.Store.URL(record.Key()), h.Prefix))
	if err != nil {
		return err
	}
	record.Notification = Notification{Delivery: Sent, SentAt: h.Now().UTC(), MessageID: messageID}
	_, err = h.Store.Replace(ctx, record.Key(), record, version)
	if errors.Is(err, documents.ErrChanged) {
		h.Log.WarnContext(ctx, "another invocation has taken over the event; its mail may be sent twice", "id", record.ID)
		return nil
	}
	return err
}
