package alarms

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

// item is one thing that happened to an alarm.
type item struct {
	AlarmName       string
	AlarmType       string
	Timestamp       time.Time
	HistoryItemType string
	HistorySummary  string
	HistoryData     string
}

// kept is how many items are remembered.
const kept = 10_000

func (h *Handler) note(a alarm, now time.Time, kind, summary string, data map[string]any) {
	text, _ := json.Marshal(data) //nolint:errchkjson // texts
	if len(h.history) >= kept {
		h.history = slices.Clone(h.history[kept/2:])
	}
	h.history = append(h.history, item{
		AlarmName: a.AlarmName, AlarmType: "MetricAlarm", Timestamp: now, HistoryItemType: kind, HistorySummary: summary, HistoryData: string(text),
	})
}

// asked is which items are asked for.
type asked struct{ AlarmName, HistoryItemType, ScanBy string }

// find gives the items that are asked for, the newest first unless asked otherwise.
func (h *Handler) find(q asked) []item {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	found := []item{}
	for _, one := range h.history {
		if (q.AlarmName == "" || one.AlarmName == q.AlarmName) && (q.HistoryItemType == "" || one.HistoryItemType == q.HistoryItemType) {
			found = append(found, one)
		}
	}
	if q.ScanBy != "TimestampAscending" {
		slices.Reverse(found)
	}
	return found
}

// describeHistory answers DescribeAlarmHistory, which moto does not have, in the query and the JSON protocol; on one page.
func (h *Handler) describeHistory(w http.ResponseWriter, r *http.Request) {
	body, err := awsreq.Body(r, bodyLimit)
	var in asked
	if r.Header.Get("X-Amz-Target") != "" {
		if err := errors.Join(err, json.Unmarshal(body, &in)); err != nil {
			awserr.New("SerializationException", "%v", err).WriteJSON(w)
			return
		}
		h.tellJSON(w, h.find(in))
		return
	}
	form, fault := url.ParseQuery(string(body))
	if err := errors.Join(err, fault); err != nil {
		awserr.New("MalformedQueryString", "%v", err).WriteQuery(w)
		return
	}
	h.tellQuery(w, h.find(asked{form.Get("AlarmName"), form.Get("HistoryItemType"), form.Get("ScanBy")}))
}

func (h *Handler) tellJSON(w http.ResponseWriter, items []item) {
	told := []map[string]any{}
	for _, one := range items {
		told = append(told, map[string]any{
			"AlarmName": one.AlarmName, "AlarmType": one.AlarmType, "Timestamp": float64(one.Timestamp.UnixMilli()) / 1000,
			"HistoryItemType": one.HistoryItemType, "HistorySummary": one.HistorySummary, "HistoryData": one.HistoryData,
		})
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("x-amzn-RequestId", awserr.RequestID())
	json.NewEncoder(w).Encode(map[string]any{"AlarmHistoryItems": told}) //nolint:errcheck,errchkjson,gosec // the caller has gone
}

func (h *Handler) tellQuery(w http.ResponseWriter, items []item) {
	type document struct {
		XMLName   xml.Name `xml:"http://monitoring.amazonaws.com/doc/2010-08-01/ DescribeAlarmHistoryResponse"`
		Items     []item   `xml:"DescribeAlarmHistoryResult>AlarmHistoryItems>member"`
		RequestID string   `xml:"ResponseMetadata>RequestId"`
	}
	w.Header().Set("Content-Type", "text/xml")
	xml.NewEncoder(w).Encode(document{Items: items, RequestID: awserr.RequestID()}) //nolint:errcheck,gosec // the caller has gone
}
