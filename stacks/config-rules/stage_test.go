package configrules

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

const (
	project        = "compliance-monitor-config-rules"
	ruleType       = "aws:cfg/rule:Rule"
	roleType       = "aws:iam/role:Role"
	aggregatorType = "aws:cfg/configurationAggregator:ConfigurationAggregator"
)

// upstream is a foundation whose resource names start with the prefix.
func upstream(prefix string) Upstream {
	return Upstream{Foundation: outputs.FoundationValues{
		Project: "monitor", Environment: "test", Prefix: prefix, Local: "false",
		AccountID: pulumitest.DefaultAccount, Region: pulumitest.Region, Tags: awsenv.BaseTags("monitor", "test", nil),
	}}
}

// deploying is a program that deploys the layer with the settings on a foundation called monitor-test.
func deploying(values map[string]string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		s, err := ParseSettings(values)
		if err != nil {
			return err
		}
		made, err := Deploy(ctx, s, upstream("monitor-test"))
		if err == nil {
			outputs.ExportConfigRules(ctx, &made)
		}
		return err
	}
}

func deploy(values map[string]string) *pulumitest.Recording {
	GinkgoHelper()
	recording, err := pulumitest.Run(deploying(values), pulumitest.Options{Project: project})
	Expect(err).NotTo(HaveOccurred())
	return recording
}

// few chooses four rules, of each trigger and with and without parameters.
func few(more ...string) map[string]string {
	values := map[string]string{
		"packs":   `[]`,
		"include": `["s3-encryption", "rds-backup-retention", "iam-root-mfa", "restricted-ssh"]`,
	}
	for i := 0; i < len(more); i += 2 {
		values[more[i]] = more[i+1]
	}
	return values
}

const organization = "organization" // value of the setting aggregate
