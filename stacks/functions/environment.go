package functions

import (
	"encoding/json"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
)

// environment is what the function is told; each is told what it reads, and no more.
func environment(function string, s Settings, foundation outputs.FoundationValues) map[string]string {
	variables := map[string]string{
		names.EnvPrefix:        foundation.Prefix,
		names.EnvReportsBucket: foundation.ReportsBucketName,
	}
	switch function {
	case names.Processor, names.Aggregator:
		variables[names.EnvViolationsTopic] = foundation.ViolationsTopicARN
	case names.Remediator:
		variables[names.EnvKeyARN] = foundation.KeyARN
		variables[names.EnvOperationsTopic] = foundation.OperationsTopicARN
		variables[names.EnvRemediationMode] = s.RemediationMode
		variables[names.EnvRemediations] = modesJSON(s.Remediations)
	}
	return variables
}

// modesJSON has its keys sorted, so that the same modes are the same text.
func modesJSON(modes map[string]string) string {
	if len(modes) == 0 {
		return "{}"
	}
	text, _ := json.Marshal(modes) //nolint:errchkjson // a map of strings can't fail to marshal
	return string(text)
}
