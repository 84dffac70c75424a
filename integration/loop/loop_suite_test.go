// Package loop_test runs the whole loop on a local AWS: somebody breaks a resource, AWS Config finds it, the real event
// reaches the deployed functions, which are their real packages, people are told, the fix is made and verified, and AWS
// Config finds the resource compliant again. No spec makes an event of its own where the local AWS can.
package loop_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	goruntime "runtime"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/readback"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

func TestLoop(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "The loop")
}

// patience is how long a spec waits for what has to come: many times what it takes.
const patience = 90 * time.Second

// plannedRule is the one rule that is not enforced.
const plannedRule = "restricted-ports"

// exemptRule is the rule that buckets called exempt-… are exempt from.
const exemptRule = "s3-tls-only"

// exemptions are patterns of buckets, by rule. Two rules about encryption share a remediation: buckets that are exempt from
// one of them are left to the other.
var exemptions = map[string]string{exemptRule: "exempt-*", "s3-encryption": "keyed-*", "s3-encryption-kms": "plain-*"}

var (
	prefix    = stage.Prefix()
	bucket    = names.Bucket(prefix, stage.Account)
	deployed  *stage.Stage
	clients   readback.Clients
	instances *ec2.Client
	databases *rds.Client
	operator  undo.Operator
	keyARN    string
)

var _ = BeforeSuite(func(ctx SpecContext) {
	if goruntime.GOOS != "linux" {
		Skip("the functions' executables are Linux's, and this is " + goruntime.GOOS)
	}
	SetDefaultEventuallyTimeout(patience)
	EnforceDefaultTimeoutsWhenUsingContexts()
	SetDefaultEventuallyPollingInterval(100 * time.Millisecond)
	var err error
	deployed, err = stage.New(ctx, GinkgoWriter)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(deployed.Close)
	clients = readback.NewClients(deployed.AWS)
	instances, databases = ec2.NewFromConfig(deployed.AWS), rds.NewFromConfig(deployed.AWS)
	operator = undo.Operator{
		S3: clients.S3, Lambda: clients.Lambda, Bucket: bucket, Function: full(names.Remediator), By: "ann", Deploy: "deploy",
	}
	Expect(deployed.Up(ctx, enforced(), stage.Foundation, stage.ConfigRules, stage.Functions, stage.Observability)).
		Error().NotTo(HaveOccurred())
	key, err := clients.KMS.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/" + prefix)})
	Expect(err).NotTo(HaveOccurred())
	keyARN = *key.KeyMetadata.Arn
})

// enforced is the stage's target with all remediations enforced but that of plannedRule, and exemptions.
func enforced() deploy.Target {
	GinkgoHelper()
	rules, err := json.Marshal(map[string]any{
		plannedRule:            names.ModePlan,
		"ec2-instance-type":    map[string]any{"mode": names.ModeEnforce, "allowDisruption": true},
		"rds-backup-retention": map[string]any{"mode": names.ModeEnforce, "allowDisruption": true},
	})
	Expect(err).NotTo(HaveOccurred())
	file := filepath.Join(GinkgoT().TempDir(), "exemptions.yaml")
	content := "exemptions:\n"
	for rule, pattern := range exemptions {
		content += "  - rule: " + rule + "\n    resource: " + pattern +
			"\n    owner: web team <web@example.com>\n    reason: Its readers know nothing else.\n    expires: " +
			time.Now().UTC().AddDate(0, 6, 0).Format(time.DateOnly) + "\n"
	}
	Expect(os.WriteFile(file, []byte(content), 0o600)).To(Succeed())
	deployed.Target = deployed.With(stage.ConfigRules, "packs", "[]")
	deployed.Target = deployed.With(stage.ConfigRules, "include", string(must(json.Marshal(watched()))))
	deployed.Target = deployed.With(stage.Functions, "remediationMode", names.ModeEnforce)
	deployed.Target = deployed.With(stage.Functions, "remediations", string(rules))
	deployed.Target = deployed.With(stage.Functions, "breakerLimit", "1000")
	deployed.Target = deployed.With(stage.Functions, "floodLimit", "0") // the mails of quick specs would be a flood; see the storm
	deployed.Target = deployed.With(stage.Functions, "exemptionsFile", file)
	return deployed.Target
}

// watched are the rules that specs are about: those that have a remediation, and one that has none. The fewer there are,
// the quicker are reports.
func watched() []string {
	GinkgoHelper()
	rules := []string{"s3-access-logging"}
	for _, rule := range must(catalogue.Load()).Rules {
		if rule.Remediation != "" {
			rules = append(rules, rule.Name)
		}
	}
	return rules
}

// full is the whole name of the resource called short.
func full(short string) string {
	return names.Resource(prefix, short)
}
