package foundation

import (
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

const project = "compliance-monitor-foundation"

// ARNs of a deployment called monitor-test in the account that pulumitest's credentials belong to.
const (
	bucketName    = "monitor-test-reports-111122223333"
	bucketARN     = "arn:aws:s3:::" + bucketName
	queueARN      = "arn:aws:sqs:us-east-1:111122223333:monitor-test-deliveries-dlq"
	violationsARN = "arn:aws:sns:us-east-1:111122223333:monitor-test-violations"
	operationsARN = "arn:aws:sns:us-east-1:111122223333:monitor-test-operations"
)

// with is the settings of a deployment called monitor-test with mail, and the given ones over them.
func with(more map[string]string) map[string]string {
	values := map[string]string{
		"project": "monitor", "environment": "test",
		"violationsEmails": `["security@example.com", "audit@example.com"]`, "operationsEmails": `["ops@example.com"]`,
	}
	maps.Copy(values, more)
	return values
}

func options(more map[string]string) pulumitest.Options {
	return pulumitest.Options{Project: outputs.Project(outputs.LayerFoundation), Config: with(more)}
}

// deploy deploys the layer with settings over those of with.
func deploy(more map[string]string) *pulumitest.Recording {
	GinkgoHelper()
	recording, err := pulumitest.Run(Program, options(more))
	Expect(err).NotTo(HaveOccurred())
	return recording
}

// keyARN is the ARN of the recorded key.
func keyARN(recording *pulumitest.Recording) string {
	GinkgoHelper()
	arn, isText := recording.Resource("key").Outputs["arn"].(string)
	Expect(isText).To(BeTrue())
	return arn
}
