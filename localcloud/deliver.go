package localcloud

import (
	"context"
	"errors"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/eventsvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdasvc"
)

// functionTargets are the functions, as EventBridge delivers to them.
type functionTargets struct{ *lambdasvc.Handler }

// InvokeAsync implements [eventsvc.Functions].
func (f functionTargets) InvokeAsync(ctx context.Context, region, functionARN string, payload []byte) error {
	err := f.Handler.InvokeAsync(ctx, region, functionARN, payload)
	if errors.Is(err, lambdasvc.ErrNoFunction) || errors.Is(err, lambdasvc.ErrTooLarge) {
		return fmt.Errorf("%w: %w", eventsvc.ErrNotRetried, err)
	}
	return err
}
