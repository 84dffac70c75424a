package processor

import (
	"context"
	"errors"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/documents"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
)

var (
	// errFinished says that another copy of the event has done the work.
	errFinished = errors.New("another copy of the event is finished")
	// errElsewhere says that another invocation is at work on the event, and that it or its retry will finish it.
	errElsewhere = errors.New("another copy of the event is being worked on")
)

// process keeps a record and tells people of it, unless another copy of the event has or does.
func (h *Handler) process(ctx context.Context, run invocation.Invocation, record Record, rule catalogue.Rule) error {
	key := record.Key()
	if !h.memory.take(key) {
		return h.duplicate(ctx, record)
	}
	delivery, err := h.keep(ctx, run, record, rule)
	if err != nil && !errors.Is(err, errFinished) {
		h.memory.forget(key)
	}
	switch {
	case errors.Is(err, errFinished), errors.Is(err, errElsewhere):
		return h.duplicate(ctx, record)
	case err != nil:
		return wrap(record, err)
	}
	return h.done(ctx, record, delivery)
}

// keep creates the record, or takes over what is left to do, and tells people. It returns how they were told.
func (h *Handler) keep(ctx context.Context, run invocation.Invocation, record Record, rule catalogue.Rule) (Delivery, error) {
	if record.Notification.Delivery == Pending {
		claim := run.Claim()
		record.Notification.Claim = &claim
		record.Notification.Window = h.window()
	}
	version, err := h.Store.Create(ctx, record.Key(), record)
	if errors.Is(err, documents.ErrExists) {
		record, version, err = h.takeOver(ctx, run, record)
	}
	if err != nil || record.Notification.Delivery == NotNeeded {
		return NotNeeded, err
	}
	return h.announce(ctx, run, record, rule, version)
}

// takeOver reads the record that another copy of the event, or an earlier try of this one, has created. It claims
// the record when people are still to be told and the claimant is not at work on it.
func (h *Handler) takeOver(ctx context.Context, run invocation.Invocation, record Record) (Record, documents.Version, error) {
	var current Record
	version, err := h.Store.Read(ctx, record.Key(), &current)
	if err != nil {
		return record, "", err
	}
	claimed := current.Notification.Claim
	switch {
	case current.Notification.Delivery != Pending:
		return record, "", errFinished
	case claimed != nil && !run.MayTake(*claimed, h.Now()):
		return record, "", errElsewhere
	}
	if current.Notification.Owes, err = h.owes(ctx, current); err != nil {
		return record, "", err
	}
	if !current.Notification.Owes {
		current.Notification.Window = h.window()
	}
	claim := run.Claim()
	current.Notification.Claim = &claim
	version, err = h.Store.Replace(ctx, record.Key(), current, version)
	if errors.Is(err, documents.ErrChanged) {
		return record, "", errElsewhere
	}
	return current, version, err
}

// announce tells people of the record, and then marks it as told.
func (h *Handler) announce(
	ctx context.Context, run invocation.Invocation, record Record, rule catalogue.Rule, version documents.Version,
) (Delivery, error) {
	told, err := h.tell(ctx, run, record, rule)
	if err != nil {
		return Pending, err
	}
	record.Notification = told
	_, err = h.Store.Replace(ctx, record.Key(), record, version)
	if errors.Is(err, documents.ErrChanged) {
		h.Log.WarnContext(ctx, "another invocation has taken over the event; it may be told twice", "id", record.ID)
		return told.Delivery, nil
	}
	return told.Delivery, err
}

// tell publishes the record's mail, or has it told in the summary of a flood. It returns what is to be marked.
func (h *Handler) tell(ctx context.Context, run invocation.Invocation, record Record, rule catalogue.Rule) (Notification, error) {
	window, owes := record.Notification.Window, record.Notification.Owes
	free := false
	var err error
	if owes { // an earlier try may have died before its marker
		err = h.mark(ctx, record)
	} else if free, err = h.mayMail(ctx, run, window); err == nil && !free {
		owes, err = h.join(ctx, run, record)
	}
	told := Notification{Delivery: Summarised, Window: window}
	switch {
	case err != nil || !free && !owes:
		return told, err
	case free:
		told = Notification{Delivery: Sent}
		told.MessageID, err = h.Topic.Publish(ctx, h.mail(record, rule))
	default:
		told.MessageID, err = h.summarise(ctx, run, window)
	}
	told.SentAt = h.Now().UTC()
	return told, err
}
