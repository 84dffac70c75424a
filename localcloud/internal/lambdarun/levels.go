package lambdarun

import (
	"encoding/json"
	"strings"
)

// level is the level of a line of a log in JSON.
type level int

const (
	levelTrace level = iota
	levelDebug
	levelInfo
	levelWarn
	levelError
	levelFatal
)

// levels are the levels by name.
var levels = map[string]level{
	"TRACE": levelTrace, "DEBUG": levelDebug, "INFO": levelInfo, "WARN": levelWarn, "WARNING": levelWarn,
	"ERROR": levelError, "FATAL": levelFatal,
}

// parseLevel reads a level; what is none is INFO, as it is for Lambda.
func parseLevel(name string) level {
	if found, known := levels[strings.ToUpper(name)]; known {
		return found
	}
	return levelInfo
}

// lineLevel is the level that a function's line names, when it is a JSON object with one.
func lineLevel(line string) level {
	if !strings.HasPrefix(line, "{") {
		return levelInfo
	}
	var document struct {
		Level any `json:"level"`
	}
	if json.Unmarshal([]byte(line), &document) != nil {
		return levelInfo
	}
	name, _ := document.Level.(string)
	return parseLevel(name)
}
