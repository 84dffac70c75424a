package lambdarun

import (
	"encoding/json"
	"fmt"
	"time"
)

// runtimeVersion stands for the version of Lambda's runtime, of which there is none here.
const runtimeVersion = "localcloud"

// initPhase is when an environment is initialised: before its first event, or, when that failed, with it.
type initPhase string

const (
	phaseInit   initPhase = "init"
	phaseInvoke initPhase = "invoke"
)

// milliseconds are a time as Lambda logs it.
func milliseconds(length time.Duration) float64 {
	return float64(length.Microseconds()) / 1000
}

// system writes a line of Lambda's: an event in JSON, where it is of the level that is asked for, or else a text,
// which some events have none of.
func (d *diary) system(of level, kind string, record map[string]any, text string) {
	if d.logging.Format != FormatJSON {
		if text != "" {
			d.write(text)
		}
		return
	}
	if of < parseLevel(d.logging.SystemLevel) {
		return
	}
	//nolint:errchkjson // strings and numbers marshal
	line, _ := json.Marshal(struct {
		Time   string         `json:"time"`
		Type   string         `json:"type"`
		Record map[string]any `json:"record"`
	}{time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "platform." + kind, record})
	d.write(string(line))
}

// graded is DEBUG or INFO for what went well, and WARN for what did not.
func graded(status Status, well level) level {
	if status == Success {
		return well
	}
	return levelWarn
}

func (d *diary) initStart(f *Function, phase initPhase) {
	if phase == phaseInvoke && d.logging.Format != FormatJSON {
		return
	}
	d.system(levelInfo, "initStart", map[string]any{
		"initializationType": "on-demand", "phase": phase, "runtimeVersion": f.Runtime + "." + runtimeVersion,
		"functionName": f.Name, "functionVersion": f.Version,
	}, "INIT_START Runtime Version: "+f.Runtime+"."+runtimeVersion)
}

// initDone logs how an initialisation went. In text, only a failed one is a line of its own.
func (d *diary) initDone(phase initPhase, took time.Duration, status Status, errorType string) {
	record := map[string]any{"initializationType": "on-demand", "phase": phase, "status": status}
	text := fmt.Sprintf("INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: %s", milliseconds(took), phase, status)
	if errorType != "" {
		record["errorType"] = errorType
		text += "\tError Type: " + errorType
	}
	d.system(graded(status, levelDebug), "initRuntimeDone", record, "")
	report := map[string]any{"metrics": map[string]any{"durationMs": milliseconds(took)}}
	for field, value := range record {
		report[field] = value
	}
	if status == Success {
		text = ""
	}
	d.system(graded(status, levelDebug), "initReport", report, text)
}

func (d *diary) start(f *Function, requestID string) {
	d.system(levelInfo, "start", map[string]any{"requestId": requestID, "version": f.Version, "functionArn": f.ARN},
		"START RequestId: "+requestID+" Version: "+f.Version)
}

// finish logs how an invocation went.
func (d *diary) finish(f *Function, requestID string, o *Outcome) {
	reported := o.ErrorType
	if o.Status == TimedOut || o.Status == Failure {
		reported = "" // the status tells the first; the second is the function's own affair
	}
	done := map[string]any{
		"requestId": requestID, "status": o.Status,
		"metrics": map[string]any{"durationMs": milliseconds(o.Duration), "producedBytes": len(o.Payload)},
	}
	metrics := map[string]any{
		"durationMs": milliseconds(o.Duration), "billedDurationMs": o.Billed().Milliseconds(),
		"memorySizeMB": f.MemoryMB, "maxMemoryUsedMB": o.MaxMemoryMB,
	}
	report := map[string]any{"requestId": requestID, "status": o.Status, "metrics": metrics}
	text := fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB",
		requestID, milliseconds(o.Duration), o.Billed().Milliseconds(), f.MemoryMB, o.MaxMemoryMB)
	if o.Init > 0 {
		metrics["initDurationMs"] = milliseconds(o.Init)
		text += fmt.Sprintf("\tInit Duration: %.2f ms", milliseconds(o.Init))
	}
	if o.Status == Fault || o.Status == TimedOut {
		text += "\tStatus: " + string(o.Status)
	}
	if reported != "" {
		done["errorType"], report["errorType"] = reported, reported
		text += "\tError Type: " + reported
	}
	d.system(graded(o.Status, levelDebug), "runtimeDone", done, "END RequestId: "+requestID)
	d.system(graded(o.Status, levelInfo), "report", report, text)
}
