package preflight

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
)

// checkQuota fails where the account has no room for the rules.
func checkQuota(ctx context.Context, config Config, want Expectations) error {
	others := 0
	pages := configservice.NewDescribeConfigRulesPaginator(config, &configservice.DescribeConfigRulesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("counting the account's Config rules: %w", callError(err, "config:DescribeConfigRules"))
		}
		for _, rule := range page.ConfigRules {
			if !strings.HasPrefix(aws.ToString(rule.ConfigRuleName), want.Prefix) {
				others++
			}
		}
	}
	if others+want.Rules > mostRules {
		return fmt.Errorf("the account has %d other Config rules and this deployment needs %d, but AWS allows %d: "+
			"choose fewer rules in stacks/config-rules/Pulumi.%s.yaml, or ask AWS for a higher quota",
			others, want.Rules, mostRules, want.Stack)
	}
	return nil
}
