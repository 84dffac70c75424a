package remediator

import (
	"context"
	"fmt"
	"slices"
)

// rulesAtOnce is how many rules AWS Config evaluates on one request.
const rulesAtOnce = 25

const evaluationRequested = "requested"

// conclude does what is left when all resources have been dealt with: it asks AWS Config to look at the fixed ones
// again, tells people, and notes both in the records.
func (h *Handler) conclude(ctx context.Context, batch *batch) error {
	evaluation := h.evaluateAgain(ctx, batch.fixed)
	if len(batch.tell) == 0 {
		return batch.err()
	}
	records := make([]Record, 0, len(batch.tell))
	for _, kept := range batch.tell {
		records = append(records, kept.record)
	}
	if _, err := h.Topic.Publish(ctx, mail(records, h.Prefix, h.Store.URL)); err != nil {
		batch.failed(fmt.Errorf("telling the outcome of %d remediations, which their records keep: %w", len(records), err))
		return batch.err()
	}
	for _, kept := range batch.tell {
		record := kept.record
		record.Told = record.Outcome
		if record.Outcome == Verified || record.Outcome == Undone {
			record.Evaluation = evaluation
		}
		if _, err := h.Store.Replace(ctx, record.Key(), record, kept.version); err != nil {
			batch.failed(problem(record, fmt.Errorf("noting that people were told: %w", err)))
		}
	}
	return batch.err()
}

// evaluateAgain asks AWS Config to evaluate rules again, and returns what became of that. It is a courtesy: AWS allows
// it once a minute, and rules that are triggered by a change notice the fix by themselves. So it is tried once, and its
// failure is recorded and no error.
func (h *Handler) evaluateAgain(ctx context.Context, rules []string) string {
	slices.Sort(rules)
	for some := range slices.Chunk(slices.Compact(rules), rulesAtOnce) {
		if err := h.Config.StartConfigRulesEvaluation(ctx, some); err != nil {
			h.Log.WarnContext(ctx, "AWS Config does not evaluate again at once", "rules", some, "error", err)
			return "not requested: " + err.Error()
		}
	}
	return evaluationRequested
}
