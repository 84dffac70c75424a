// Package aggregator makes the report: all results of the deployment's Config rules, as they are now, and what is
// different from the last report.
//
// It works in two halves. Reading takes the results page by page, and puts each some thousands of them, sorted, as a part
// under state/aggregator/, with a checkpoint that says how far it has come. Making merges the parts into the report. So
// memory does not grow with the number of results, and a report is made of the same parts in the same way whether
// reading was interrupted or not: it is the same, byte by byte.
//
// When the time runs out, or AWS Config throttles for longer than a call waits, the run fails on purpose after it has
// written the checkpoint. Lambda tries the event again, and that run goes on from there; so does the next scheduled one.
// A checkpoint from before the last schedule is published as it is, with what is missing, before a new report is begun.
// A run that finds a checkpoint of one that is still alive leaves it alone.
//
// A report is complete or says what it lacks. The pointer reports/latest.json is written after the report's files. The
// digest is published after that, and then the ledger is written, which holds what people have been told: a digest is
// never lost, and repeated only after a crash between the two.
//
// ReportAgeSeconds is emitted when a complete report has been published, and is the time since its reading began. It is
// never emitted otherwise, so an alarm on the absence of a fresh report treats missing data as breaching: 7 periods
// of an hour, all of them breaching, are 7 hours without a complete report. ComplianceScore and the totals are emitted
// for complete reports only, because a part of the results would look like a change.
//
// Calls to AWS, and the permissions that they need:
//
//	config:DescribeConfigRules               *  the call lists all rules and takes no resource
//	config:GetComplianceDetailsByConfigRule  arn:aws:config:REGION:ACCOUNT:config-rule/*  (an ARN ends in a rule's id)
//	s3:GetObject                             BUCKET/config/exemptions.json, BUCKET/remediations/*
//	s3:GetObject, PutObject, DeleteObject    BUCKET/state/aggregator/*
//	s3:PutObject                             BUCKET/reports/*
//	s3:ListBucket                            BUCKET, prefixes remediations/* and state/aggregator/*, and the key
//	                                         config/exemptions.json: without it S3 denies what is not there
//	sns:Publish                              the topic of violations
//	kms:GenerateDataKey, kms:Decrypt         the deployment's key  the bucket and the topic are encrypted with it
package aggregator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/configrules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/invocation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/rules"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// Config is what is called of AWS Config.
type Config interface {
	configrules.Lister
	configrules.Reader
}

// Store is where documents are kept.
type Store interface {
	Read(ctx context.Context, key string, document any) (store.Version, error)
	ReadRaw(ctx context.Context, key string) ([]byte, store.Version, error)
	Create(ctx context.Context, key string, document any) (store.Version, error)
	Replace(ctx context.Context, key string, document any, old store.Version) (store.Version, error)
	Write(ctx context.Context, key string, document any) error
	WriteFile(ctx context.Context, key, contentType string, file *os.File) error
}

// Objects is where everything else is kept, in the same bucket.
type Objects interface {
	Name() string
	Put(ctx context.Context, key, contentType string, content []byte) error
	Copy(ctx context.Context, key string, out io.Writer) error
	List(ctx context.Context, prefix string, use func(objects.Object) bool) error
	Delete(ctx context.Context, key string) error
}

// Topic is where the digest is published.
type Topic interface {
	Publish(ctx context.Context, message notify.Message) (string, error)
}

// Metrics is where metrics are written.
type Metrics interface {
	Emit(name string, unit emf.Unit, value float64, dimensions ...emf.Dimension)
}

// Handler makes the reports of one deployment.
type Handler struct {
	Prefix  string
	Rules   rules.Book
	Config  Config
	Store   Store
	Objects Objects
	Topic   Topic
	Metrics Metrics
	Log     *slog.Logger
	Now     func() time.Time
	Within  func(ctx context.Context, length time.Duration) (context.Context, context.CancelFunc) // context.WithTimeout
	Temp    func(dir, pattern string) (*os.File, error)                                           // os.CreateTemp
}

// Handle makes one report, or goes on with one, whatever the event says: a schedule and a person who asks for a report
// get the same.
func (h *Handler) Handle(ctx context.Context, _ []byte) error {
	now := h.Now().UTC()
	run, err := invocation.From(ctx, now)
	if err != nil {
		return err
	}
	w, err := h.take(ctx, run, now)
	if err != nil {
		return fmt.Errorf("taking up the report: %w", err)
	}
	if w == nil {
		h.Log.InfoContext(ctx, "left the report alone: another run is making it")
		return nil
	}
	h.readLedger(ctx, w)
	if err := h.rename(ctx, w); err != nil {
		return fmt.Errorf("taking up the report: %w", err)
	}
	switch {
	case w.published() && w.retried:
		return h.cleanUp(ctx, w)
	case w.published():
		h.renew(ctx, w, h.clear(ctx, w), "what was kept for the last report could not be cleared away")
	case w.stale(now):
		h.renew(ctx, w, h.publishStale(ctx, w), "a report that was never finished could not be published either, and is lost")
	}
	return h.makeReport(ctx, w)
}

// makeReport reads what is left to read, and publishes the report.
func (h *Handler) makeReport(ctx context.Context, w *work) error {
	if err := h.read(ctx, w); err != nil {
		return h.stop(ctx, w, err)
	}
	if w.lost != nil {
		return fmt.Errorf("comparing the report with the last one: %w", w.lost)
	}
	if err := h.publish(ctx, w); err != nil {
		return errors.Join(fmt.Errorf("publishing the report: %w", err), h.free(ctx, w))
	}
	return h.cleanUp(ctx, w)
}

// free lets any other run make the report. Its own retry is recognised all the same.
func (h *Handler) free(ctx context.Context, w *work) error {
	w.state.Claim.Until = h.Now().UTC()
	return h.save(ctx, w)
}

// ErrUnfinished is the error of a run that has kept what it read for the next one.
var ErrUnfinished = errors.New("the report is not finished; the next run goes on from its checkpoint")

// stop keeps what was read, and frees the report for whoever goes on with it.
func (h *Handler) stop(ctx context.Context, w *work, cause error) error {
	w.state.Claim = invocation.Claim{}
	w.state.Stopped = cause.Error()
	err := errors.Join(fmt.Errorf("reading: %w: %w", ErrUnfinished, cause), h.save(ctx, w))
	h.Log.WarnContext(ctx, "the report is not finished", "started", w.state.Started, "error", err)
	return err
}
