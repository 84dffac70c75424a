package configsvc

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// The recorder and delivery channel that are there from the start, as in an account that has AWS Config switched on.
// The bucket and the role are named only: nothing is ever delivered.
const (
	recorderName   = "default"
	recorderRole   = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
	deliveryBucket = "config-bucket-123456789012"
)

// recorders remembers in which regions the default recorder was made. It is made when a region's Config is first
// called, because loading moto's Config takes longer than all the rest of starting.
type recorders struct {
	mutex sync.Mutex
	made  map[string]bool
}

// ensure makes the default recorder of a region, once. What the API does with it afterwards stays done.
func (s *recorders) ensure(ctx context.Context, moto http.Handler, region string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.made[region] {
		return nil
	}
	if err := startRecorder(ctx, moto, region); err != nil {
		return err
	}
	s.made[region] = true
	return nil
}

// startRecorder makes the default recorder and delivery channel of a region and lets the recorder record. They are
// moto's own, so the API takes them away as it would on AWS. Making them twice is the same as once.
func startRecorder(ctx context.Context, moto http.Handler, region string) error {
	steps := []struct {
		operation string
		input     any
	}{
		{"PutConfigurationRecorder", map[string]any{"ConfigurationRecorder": map[string]any{
			"name": recorderName, "roleARN": recorderRole,
			"recordingGroup": map[string]any{"allSupported": true, "includeGlobalResourceTypes": true},
		}}},
		{"PutDeliveryChannel", map[string]any{"DeliveryChannel": map[string]any{
			"name": recorderName, "s3BucketName": deliveryBucket,
		}}},
		{"StartConfigurationRecorder", map[string]any{"ConfigurationRecorderName": recorderName}},
	}
	for _, step := range steps {
		err := relay.Call(ctx, moto, relay.Caller{Service: service, Region: region}, targetPrefix+step.operation, step.input, nil)
		if err != nil {
			return fmt.Errorf("setting up the configuration recorder: %w", err)
		}
	}
	return nil
}

// recorderStatus lets a recorder that records say that it delivers: moto leaves it pending for ever.
func (h *Handler) recorderStatus(w http.ResponseWriter, r *http.Request) error {
	answer := relay.Capture(h.moto, r)
	if !answer.OK() {
		answer.Send(w)
		return nil
	}
	document, err := answer.JSON()
	if err != nil {
		return err
	}
	statuses, _ := document["ConfigurationRecordersStatus"].([]any)
	for _, status := range statuses {
		if fields, ok := status.(map[string]any); ok && fields["lastStatus"] == "PENDING" {
			fields["lastStatus"] = "Success" // as the service model spells it
		}
	}
	if err := answer.SetJSON(document); err != nil {
		return err
	}
	answer.Send(w)
	return nil
}
