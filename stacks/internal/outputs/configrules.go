package outputs

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ConfigRulesOf is what the config-rules layer makes. Maps are keyed by the rule's name in the catalogue.
type ConfigRulesOf[S, M any] struct {
	RuleNames, RuleARNs, RuleIDs          M
	RuleParameters                        M // JSON objects of texts, of the rules that have parameters
	AggregatorARN, AggregatorName         S
	AggregatorRoleARN, AggregatorRoleName S // empty where the aggregator watches one account, which needs no role
}

// ConfigRules holds the layer's outputs while it is deployed.
type ConfigRules = ConfigRulesOf[text, texts]

// ConfigRulesValues holds the layer's outputs as a later layer reads them.
type ConfigRulesValues = ConfigRulesOf[string, map[string]string]

func (c *ConfigRulesOf[S, M]) fields() []field[S, M] {
	return []field[S, M]{
		{key: "ruleNames", description: "Name of a Config rule", texts: &c.RuleNames},
		{key: "ruleArns", description: "ARN of a Config rule", texts: &c.RuleARNs},
		{key: "ruleIds", description: "Id of a Config rule", texts: &c.RuleIDs},
		{key: "ruleParameters", description: "Parameters of a Config rule, as deployed", texts: &c.RuleParameters},
		{key: "aggregatorArn", description: "ARN of the configuration aggregator", text: &c.AggregatorARN},
		{key: "aggregatorName", description: "Name of the configuration aggregator", text: &c.AggregatorName},
		{key: "aggregatorRoleArn", description: "ARN of the role that reads the organization, if it is watched", text: &c.AggregatorRoleARN},
		{key: "aggregatorRoleName", description: "Name of the role that reads the organization, if it is watched", text: &c.AggregatorRoleName},
	}
}

// ExportConfigRules makes the values the stack's outputs.
func ExportConfigRules(ctx *pulumi.Context, values *ConfigRules) {
	export(ctx, values.fields())
}

// ReadConfigRules reads the layer's outputs; where one is missing, a MissingError says what to do.
func ReadConfigRules(ctx *pulumi.Context) (ConfigRulesValues, error) {
	var values ConfigRulesValues
	err := read(ctx, LayerConfigRules, values.fields())
	return values, err
}

// DescribeConfigRules says what each output is.
func DescribeConfigRules() []Description {
	return describe(new(ConfigRules).fields())
}
