package lambdarun

import (
	"strconv"
	"time"
)

// Function is one version of a function, as it is configured.
type Function struct {
	ARN          string // without a version
	Name         string
	Version      string // a number, or $LATEST
	Region       string
	Revision     string // another one whenever the code or the configuration is another
	Root         string // folder with the unpacked code
	Runtime      string
	Handler      string
	Role         string // ARN
	Architecture string // x86_64 or arm64
	MemoryMB     int
	Timeout      time.Duration
	Environment  map[string]string
	Logging      Logging
	Reserved     *int // concurrency that is reserved for all versions together; nil for none
}

// Logging is where and how a function logs.
type Logging struct {
	Group            string
	Format           string // Text or JSON
	ApplicationLevel string // of JSON: the least level of the function's own lines
	SystemLevel      string // of JSON: the least level of Lambda's lines
}

// FormatJSON is the log format whose lines have levels.
const FormatJSON = "JSON"

// Event is what a function is invoked with.
type Event struct {
	RequestID     string
	InvokedARN    string // as the caller named the function, in full
	Payload       []byte
	ClientContext string // JSON; empty for none
	TraceID       string
	Patient       bool // waits for a free place, as queued events do, where others are refused
}

// Outcome is how an invocation went.
type Outcome struct {
	Payload     []byte
	Status      Status
	ErrorType   string // empty where the function answered without an error
	Started     time.Time
	Duration    time.Duration
	Init        time.Duration // zero where the environment was warm
	MaxMemoryMB int
	Log         []byte // what was logged meanwhile
}

// Status is how an invocation ended, in the words of Lambda's log.
type Status string

// All statuses.
const (
	Success  Status = "success"
	Failure  Status = "failure" // the function answered with an error
	Fault    Status = "error"   // the function's process ended, or could not be started
	TimedOut Status = "timeout"
)

// Billed is the time that Lambda bills: whole milliseconds, the initialisation's among them.
func (o *Outcome) Billed() time.Duration {
	return (o.Duration + o.Init + time.Millisecond - 1).Truncate(time.Millisecond)
}

// Credentials are those that a function calls AWS with.
type Credentials struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// variables is the environment of a function's process. What Lambda reserves, the function's own settings don't change.
func (f *Function) variables(endpoint, runtimeAPI, stream, temporary string, c Credentials) []string {
	reserved := map[string]string{
		"_HANDLER":                        f.Handler,
		"AWS_ACCESS_KEY_ID":               c.AccessKeyID,
		"AWS_DEFAULT_REGION":              f.Region,
		"AWS_ENDPOINT_URL":                endpoint,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     f.Version,
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_FORMAT":           f.Logging.Format,
		"AWS_LAMBDA_LOG_GROUP_NAME":       f.Logging.Group,
		"AWS_LAMBDA_LOG_STREAM_NAME":      stream,
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"AWS_REGION":                      f.Region,
		"AWS_SECRET_ACCESS_KEY":           c.SecretAccessKey,
		"AWS_SESSION_TOKEN":               c.SessionToken,
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
		"LAMBDA_TASK_ROOT":                f.Root,
	}
	if f.Logging.Format == FormatJSON {
		reserved["AWS_LAMBDA_LOG_LEVEL"] = f.Logging.ApplicationLevel
	}
	all := map[string]string{
		"LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin", "TZ": ":UTC", "TMPDIR": temporary,
	}
	for _, layer := range []map[string]string{f.Environment, reserved} {
		for name, value := range layer {
			all[name] = value
		}
	}
	entries := make([]string, 0, len(all))
	for name, value := range all {
		entries = append(entries, name+"="+value)
	}
	return entries
}
