package functions

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

const (
	prefix  = "monitor-test"
	account = pulumitest.DefaultAccount
	region  = names.Region

	keyARN        = "arn:aws:kms:us-east-1:111122223333:key/1234"
	bucketARN     = "arn:aws:s3:::monitor-test-reports-111122223333"
	bucketName    = "monitor-test-reports-111122223333"
	violationsARN = "arn:aws:sns:us-east-1:111122223333:monitor-test-violations"
	operationsARN = "arn:aws:sns:us-east-1:111122223333:monitor-test-operations"
)

// deployed is what the layers before have made: three rules, of which two have a remediation.
func deployed() Upstream {
	return Upstream{
		Foundation: outputs.FoundationValues{
			Project: "monitor", Environment: "test", Prefix: prefix, AccountID: account, Region: region, Local: "true",
			Tags:   awsenv.BaseTags("monitor", "test", nil),
			KeyARN: keyARN, ReportsBucketARN: bucketARN, ReportsBucketName: bucketName,
			ViolationsTopicARN: violationsARN, OperationsTopicARN: operationsARN,
		},
		ConfigRules: outputs.ConfigRulesValues{RuleNames: map[string]string{
			"s3-encryption":     prefix + "-s3-encryption",
			"s3-encryption-kms": prefix + "-s3-encryption-kms",
			"ebs-encryption":    prefix + "-ebs-encryption",
		}},
	}
}

// files writes a package for each function, and a list of exemptions, and returns the settings that name them.
func files() map[string]string {
	folder := GinkgoT().TempDir()
	packages := filepath.Join(folder, ArchitectureARM64)
	Expect(os.Mkdir(packages, 0o755)).To(Succeed())
	for _, function := range names.Functions() {
		Expect(os.WriteFile(filepath.Join(packages, function+".zip"), []byte("zip of "+function), 0o600)).To(Succeed())
	}
	return map[string]string{"codePath": folder, "exemptionsFile": write("exemptions: []\n")}
}

// write writes a file of exemptions.
func write(content string) string {
	path := filepath.Join(GinkgoT().TempDir(), "exemptions.yaml")
	Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
	return path
}

// with is the settings of files, and the given ones over them.
func with(more map[string]string) Settings {
	values := files()
	for key, value := range more {
		values[key] = value
	}
	s, err := ParseSettings(values)
	Expect(err).NotTo(HaveOccurred())
	return s
}

// deploying is a program that deploys the layer and exports what it made.
func deploying(s Settings, upstream Upstream) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		values, err := Deploy(ctx, s, upstream)
		if err == nil {
			outputs.ExportFunctions(ctx, &values)
		}
		return err
	}
}

// deploy deploys the layer with settings over those of files.
func deploy(more map[string]string) *pulumitest.Recording {
	recording, err := pulumitest.Run(deploying(with(more), deployed()), pulumitest.Options{})
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
	}
}
