package names

// What EventBridge events of AWS Config look like, as far as patterns and parsers must agree.
const (
	EventSourceConfig     = "aws.config"
	DetailTypeCompliance  = "Config Rules Compliance Change"
	MessageTypeCompliance = "ComplianceChangeNotification"
	EventSourceSchedule   = "aws.events"
	DetailTypeSchedule    = "Scheduled Event"
	ScheduleExpression    = "rate(6 hours)" // fixed by the specification
	ScheduleHours         = 6
	PeriodicRuleFrequency = "Six_Hours" // MaximumExecutionFrequency of periodic rules, fixed by the specification
)

// What the event looks like by which an operator has a fix undone. EventBridge is not between: the function is invoked.
const (
	EventSourceOperator = "compliance.operator"
	DetailTypeUndo      = "Undo"
)

// SNS message attributes, for the filter policies of subscriptions.
const (
	AttributeSeverity     = "severity"
	AttributeRule         = "rule"
	AttributeResourceType = "resourceType"
	AttributeCompliance   = "compliance"
)
