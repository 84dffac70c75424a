package names

// Environment variables that the functions stack sets and the functions read.
const (
	EnvPrefix          = "COMPLIANCE_PREFIX"           // all: the deployment's name prefix
	EnvReportsBucket   = "COMPLIANCE_REPORTS_BUCKET"   // all: name of the reports bucket
	EnvKeyARN          = "COMPLIANCE_KEY_ARN"          // remediator: the CMK that S3 default encryption is set to
	EnvViolationsTopic = "COMPLIANCE_VIOLATIONS_TOPIC" // processor, aggregator, remediator: ARN of the violations topic
	EnvOperationsTopic = "COMPLIANCE_OPERATIONS_TOPIC" // remediator: ARN of the operations topic
	EnvAccountAlias    = "COMPLIANCE_ACCOUNT_ALIAS"    // processor: what people call the account, if anything
	EnvFloodLimit      = "COMPLIANCE_FLOOD_LIMIT"      // processor: mails a minute, beyond which there is one summary; 0 is no limit
	EnvRemediationMode = "COMPLIANCE_REMEDIATION_MODE" // processor, remediator: default mode, off, plan or enforce
	EnvRemediations    = "COMPLIANCE_REMEDIATIONS"     // processor, remediator: JSON object, rule's short name → mode, for rules that differ
)

// Modes of the remediator.
const (
	ModeOff     = "off"
	ModePlan    = "plan"
	ModeEnforce = "enforce"
)
