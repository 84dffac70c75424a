package lambdasvc

import (
	"encoding/json"
	"maps"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// attributes are fields of a function's configuration, by name, as they are answered.
type attributes map[string]any

// merge takes the fields from a request to create or update a function that moto drops, then or always.
func (a attributes) merge(request map[string]json.RawMessage) error {
	for field, read := range readers {
		raw, given := request[field]
		if !given || string(raw) == "null" {
			continue
		}
		if err := read(a, raw); err != nil {
			return awserr.New("InvalidParameterValueException", "Invalid value for %s: %v", field, err)
		}
	}
	a["RevisionId"] = awserr.RequestID()
	return nil
}

// readers read the fields of a request.
var readers = map[string]func(attributes, json.RawMessage) error{
	"Architectures":     keepField("Architectures"),
	"DeadLetterConfig":  readDeadLetter,
	"EphemeralStorage":  keepField("EphemeralStorage"),
	"FileSystemConfigs": keepField("FileSystemConfigs"),
	"ImageConfig":       readImage,
	"KMSKeyArn":         readKey,
	"LoggingConfig":     readLogging,
	"SnapStart":         readSnapStart,
	"TracingConfig":     keepField("TracingConfig"),
}

// keepField reads a field that is answered as it was sent.
func keepField(name string) func(attributes, json.RawMessage) error {
	return func(a attributes, raw json.RawMessage) error {
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			return err
		}
		a[name] = value
		return nil
	}
}

// readDeadLetter reads the dead-letter target; an empty ARN takes it away.
func readDeadLetter(a attributes, raw json.RawMessage) error {
	var config struct{ TargetArn string }
	if err := json.Unmarshal(raw, &config); err != nil {
		return err
	}
	delete(a, "DeadLetterConfig")
	if config.TargetArn != "" {
		a["DeadLetterConfig"] = map[string]string{"TargetArn": config.TargetArn}
	}
	return nil
}

// readKey reads the key for the environment; an empty ARN takes it away.
func readKey(a attributes, raw json.RawMessage) error {
	var arn string
	if err := json.Unmarshal(raw, &arn); err != nil {
		return err
	}
	delete(a, "KMSKeyArn")
	if arn != "" {
		a["KMSKeyArn"] = arn
	}
	return nil
}

// readImage reads what overrides an image's own settings, which is answered in a response of its own.
func readImage(a attributes, raw json.RawMessage) error {
	var config map[string]any
	if err := json.Unmarshal(raw, &config); err != nil {
		return err
	}
	a["ImageConfigResponse"] = map[string]any{"ImageConfig": config}
	return nil
}

func readSnapStart(a attributes, raw json.RawMessage) error {
	var config struct{ ApplyOn string }
	if err := json.Unmarshal(raw, &config); err != nil {
		return err
	}
	status := "Off" // of what is not published; a published version with snapshots would say On
	a["SnapStart"] = map[string]string{"ApplyOn": config.ApplyOn, "OptimizationStatus": status}
	return nil
}

// Log formats and the level that JSON has where none is given.
const (
	textFormat   = "Text"
	jsonFormat   = "JSON"
	defaultLevel = "INFO"
)

// readLogging reads the logging settings. What a request leaves out stays as it was, but for the levels, which only
// the JSON format has.
func readLogging(a attributes, raw json.RawMessage) error {
	var given map[string]string
	if err := json.Unmarshal(raw, &given); err != nil {
		return err
	}
	config := map[string]string{}
	if before, found := a["LoggingConfig"].(map[string]string); found {
		maps.Copy(config, before)
	}
	maps.Copy(config, given)
	if config["LogFormat"] == "" {
		config["LogFormat"] = textFormat
	}
	if config["LogFormat"] == jsonFormat {
		for _, level := range []string{"ApplicationLogLevel", "SystemLogLevel"} {
			if config[level] == "" {
				config[level] = defaultLevel
			}
		}
	} else {
		delete(config, "ApplicationLogLevel")
		delete(config, "SystemLogLevel")
	}
	a["LoggingConfig"] = config
	return nil
}

// apply writes the attributes over moto's description of a function, and the defaults that AWS answers.
func (a attributes) apply(configuration map[string]any) {
	maps.Copy(configuration, a)
	name, _ := configuration["FunctionName"].(string)
	logging := map[string]string{"LogFormat": textFormat}
	if kept, found := a["LoggingConfig"].(map[string]string); found {
		logging = maps.Clone(kept)
	}
	if logging["LogGroup"] == "" {
		logging["LogGroup"] = "/aws/lambda/" + name
	}
	configuration["LoggingConfig"] = logging
	for field, value := range configuration {
		if value == nil {
			delete(configuration, field) // AWS leaves out what is not set
		}
	}
}
