package observability

import (
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

const (
	prefix        = "monitor-test"
	account       = pulumitest.DefaultAccount
	region        = names.Region
	operationsARN = "arn:aws:sns:us-east-1:111122223333:monitor-test-operations"
)

// deployed is what the layers before have made.
func deployed() Upstream {
	upstream := Upstream{
		Foundation: outputs.FoundationValues{
			Project: "monitor", Environment: "test", Prefix: prefix, AccountID: account, Region: region, Local: "false",
			Tags:               awsenv.BaseTags("monitor", "test", nil),
			ReportsBucketName:  "monitor-test-reports-111122223333",
			OperationsTopicARN: operationsARN,
			DeliveriesDLQName:  "monitor-test-deliveries-dlq",
		},
		ConfigRules: outputs.ConfigRulesValues{RuleNames: map[string]string{
			"s3-encryption": prefix + "-s3-encryption", "ebs-encryption": prefix + "-ebs-encryption",
		}},
		Functions: outputs.FunctionsValues{
			FunctionNames: map[string]string{}, LogGroupNames: map[string]string{}, QueueNames: map[string]string{},
			FunctionTimeouts: map[string]string{"processor": "60", "aggregator": "900", "remediator": "300"},
		},
	}
	for _, function := range names.Functions() {
		upstream.Functions.FunctionNames[function] = names.Resource(prefix, function)
		upstream.Functions.LogGroupNames[function] = names.LogGroup(names.Resource(prefix, function))
		for _, queue := range []string{function + "-failures", function + "-undelivered"} {
			upstream.Functions.QueueNames[queue] = names.Resource(prefix, queue)
		}
	}
	return upstream
}

// with is the settings with the given ones over the defaults.
func with(values map[string]string) Settings {
	s, err := ParseSettings(values)
	Expect(err).NotTo(HaveOccurred())
	return s
}

// watching is what is watched of the layers before.
func watching() watched {
	w, err := newWatched(deployed())
	Expect(err).NotTo(HaveOccurred())
	return w
}

// deploying is a program that deploys the layer and exports what it made.
func deploying(upstream Upstream) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		values, err := Deploy(ctx, with(nil), upstream)
		if err == nil {
			outputs.ExportObservability(ctx, &values)
		}
		return err
	}
}

func deploy(upstream Upstream) *pulumitest.Recording {
	recording, err := pulumitest.Run(deploying(upstream), pulumitest.Options{})
	Expect(err).NotTo(HaveOccurred())
	return recording
}

// exports is what a layer with these values exports.
func exports[Values, Layer any](values Values, export func(*pulumi.Context, *Layer)) map[string]any {
	exported, err := pulumitest.Exports(values, export)
	Expect(err).NotTo(HaveOccurred())
	return exported
}

// references are the stacks that the layer reads.
func references(upstream Upstream) map[string]map[string]any {
	reference := func(layer string) string {
		return pulumitest.Reference(outputs.Project(layer), pulumitest.DefaultStack)
	}
	return map[string]map[string]any{
		reference(outputs.LayerFoundation):  exports(upstream.Foundation, outputs.ExportFoundation),
		reference(outputs.LayerConfigRules): exports(upstream.ConfigRules, outputs.ExportConfigRules),
		reference(outputs.LayerFunctions):   exports(upstream.Functions, outputs.ExportFunctions),
	}
}
