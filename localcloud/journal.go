package localcloud

import (
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/telemetry"
)

// journal takes the log of functions to CloudWatch.
type journal struct{ shipper *telemetry.Shipper }

// Log implements [lambdarun.Journal].
func (j journal) Log(stream lambdarun.Stream, at time.Time, line string) {
	j.shipper.Log(telemetry.Stream(stream), at, line)
}
