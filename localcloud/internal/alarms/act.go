package alarms

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

const principal = "cloudwatch.amazonaws.com" // whom policies of topics must let in

// notification is what an alarm publishes.
type notification struct {
	AlarmName                          string
	AlarmDescription                   string
	AWSAccountID                       string `json:"AWSAccountId"`
	AlarmConfigurationUpdatedTimestamp string
	NewStateValue                      string
	NewStateReason                     string
	StateChangeTime                    string
	Region                             string
	AlarmArn                           string
	OldStateValue                      string
	OKActions                          []string
	AlarmActions                       []string
	InsufficientDataActions            []string
	Trigger                            map[string]any
}

// regions are names that people know.
var regions = map[string]string{
	"us-east-1": "US East (N. Virginia)", "us-east-2": "US East (Ohio)", "us-west-1": "US West (N. California)", "us-west-2": "US West (Oregon)",
	"eu-west-1": "EU (Ireland)", "eu-central-1": "EU (Frankfurt)",
}

const timeLayout = "2006-01-02T15:04:05.000-0700"

// changed notes that an alarm has another state, tells EventBridge, and does what the alarm is to do.
func (h *Handler) changed(ctx context.Context, region string, a alarm, state, reason string) {
	now := h.Clock.Now().UTC()
	h.note(a, now, "StateUpdate", fmt.Sprintf("Alarm updated from %s to %s", a.StateValue, state), map[string]any{
		"version": "1.0", "oldState": map[string]string{"stateValue": a.StateValue, "stateReason": a.StateReason},
		"newState": map[string]string{"stateValue": state, "stateReason": reason},
	})
	h.tellEvents(ctx, region, a, state, reason, now)
	actions := map[string][]string{stateOK: a.OKActions, stateAlarm: a.AlarmActions, stateNone: a.InsufficientDataActions}[state]
	if !a.ActionsEnabled {
		return
	}
	for _, action := range actions {
		summary := "Successfully executed action " + action
		if err := h.act(ctx, region, a, action, h.notify(region, a, state, reason, now)); err != nil {
			summary = "Failed to execute action " + action
			h.Log.Printf("doing what the alarm %s is to do: %v", a.AlarmName, err)
		}
		h.note(a, now, "Action", summary, map[string]any{"actionState": strings.Fields(summary)[0], "notificationResource": action})
	}
}

// notify writes what the alarm publishes.
func (h *Handler) notify(region string, a alarm, state, reason string, now time.Time) notification {
	name := regions[region]
	if name == "" {
		name = region
	}
	return notification{
		AlarmName: a.AlarmName, AlarmDescription: a.AlarmDescription, AWSAccountID: account,
		AlarmConfigurationUpdatedTimestamp: time.UnixMilli(int64(a.AlarmConfigurationUpdatedTimestamp * 1000)).UTC().Format(timeLayout),
		NewStateValue:                      state, NewStateReason: reason, StateChangeTime: now.Format(timeLayout), Region: name, AlarmArn: a.AlarmArn,
		OldStateValue: a.StateValue, OKActions: a.OKActions, AlarmActions: a.AlarmActions, InsufficientDataActions: a.InsufficientDataActions,
		Trigger: a.trigger(),
	}
}

// trigger describes what the alarm watches.
func (a alarm) trigger() map[string]any {
	made := map[string]any{
		"Period": a.Period, "EvaluationPeriods": a.EvaluationPeriods, "DatapointsToAlarm": a.needed(), "ComparisonOperator": a.ComparisonOperator,
		"Threshold": a.Threshold, "TreatMissingData": a.TreatMissingData, "EvaluateLowSampleCountPercentile": "",
	}
	if len(a.Metrics) > 0 {
		made["Metrics"] = a.Metrics
		return made
	}
	var dimensions []map[string]string
	for _, one := range a.Dimensions {
		dimensions = append(dimensions, map[string]string{"name": one.Name, "value": one.Value})
	}
	made["MetricName"], made["Namespace"], made["StatisticType"] = a.MetricName, a.Namespace, "Statistic"
	made["Statistic"], made["Unit"], made["Dimensions"] = strings.ToUpper(a.Statistic), nil, dimensions
	return made
}

// act publishes on a topic, which is all that alarms can do here.
func (h *Handler) act(ctx context.Context, region string, a alarm, action string, about notification) error {
	if !strings.HasPrefix(action, "arn:aws:sns:") {
		return fmt.Errorf("localcloud's alarms publish on topics only, not %s", action)
	}
	if err := h.permitted(ctx, region, action, a.AlarmArn); err != nil {
		return err
	}
	text, err := json.Marshal(about)
	if err != nil {
		return fmt.Errorf("encoding the notification: %w", err)
	}
	return relay.Query(ctx, h.Services, relay.Caller{Service: "sns", Region: region}, "Publish", url.Values{
		"TopicArn": {action}, "Message": {string(text)},
		"Subject": {fmt.Sprintf("%s: %q in %s", about.NewStateValue, a.AlarmName, about.Region)},
	}, nil)
}

// permitted says why CloudWatch may not publish on a topic for an alarm, or nothing.
func (h *Handler) permitted(ctx context.Context, region, topic, alarmARN string) error {
	about, err := relay.Topic(ctx, h.Services, relay.Caller{Service: "sns", Region: region}, topic)
	if err != nil {
		return err
	}
	keys := policy.Keys{}
	for key, value := range map[string]string{
		"aws:SourceArn": alarmARN, "aws:SourceAccount": account, "aws:SourceOwner": account, "aws:SecureTransport": "true",
		"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal,
	} {
		keys.Set(key, value)
	}
	request := policy.Request{Action: "sns:Publish", Resource: topic, Principal: policy.Principal{Service: principal}, Keys: keys}
	if document, err := policy.Parse([]byte(about.Get("Policy"))); err == nil && document.Decide(request).Effect == policy.Allow {
		return nil
	}
	return fmt.Errorf("the policy of %s does not let %s publish for %s", topic, principal, alarmARN)
}

// tellEvents sends the event that CloudWatch sends.
func (h *Handler) tellEvents(ctx context.Context, region string, a alarm, state, reason string, now time.Time) {
	event, err := json.Marshal(map[string]any{
		"source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", "resources": []string{a.AlarmArn},
		"detail": map[string]any{
			"alarmName":     a.AlarmName,
			"state":         map[string]string{"value": state, "reason": reason, "timestamp": now.Format(timeLayout)},
			"previousState": map[string]string{"value": a.StateValue, "reason": a.StateReason},
			"configuration": map[string]any{"description": a.AlarmDescription},
		},
	})
	if err == nil {
		err = h.Events.Put(ctx, region, event)
	}
	if err != nil {
		h.Log.Printf("telling EventBridge of the alarm %s: %v", a.AlarmName, err)
	}
}
