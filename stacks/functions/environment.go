package functions

import (
	"strconv"

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
	case names.Aggregator:
		variables[names.EnvViolationsTopic] = foundation.ViolationsTopicARN
	case names.Processor:
		variables[names.EnvViolationsTopic] = foundation.ViolationsTopicARN
		variables[names.EnvAccountAlias] = s.AccountAlias
		variables[names.EnvFloodLimit] = strconv.Itoa(s.FloodLimit)
		variables[names.EnvRemediationMode] = s.RemediationMode
		variables[names.EnvRemediations] = modesJSON(s.Remediations)
	case names.Remediator:
		variables[names.EnvKeyARN] = foundation.KeyARN
		variables[names.EnvOperationsTopic] = foundation.OperationsTopicARN
		variables[names.EnvRemediationMode] = s.RemediationMode
		variables[names.EnvRemediations] = modesJSON(s.Remediations)
	}
	return variables
}
