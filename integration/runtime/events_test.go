package runtime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// schedule is the event of EventBridge's schedule.
const schedule = `{"version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
	"source": "aws.events", "account": "123456789012", "time": "2026-11-23T18:00:00Z", "region": "us-east-1",
	"resources": ["arn:aws:events:us-east-1:123456789012:rule/compliance-monitor-local-aggregator-schedule"], "detail": {}}`

// change is the event with which AWS Config tells that a bucket has begun to violate one of our rules.
func change(rule, bucketName string, ordering time.Time) []byte {
	const shape = `{"version": "0", "id": "9b7a1d4e-2f5c-4d0e-8f3a-6f1f2f3f4f5f",
		"detail-type": "Config Rules Compliance Change", "source": "aws.config",
		"account": %[1]q, "time": %[4]q, "region": "us-east-1", "resources": [],
		"detail": {"resourceId": %[3]q, "resourceType": "AWS::S3::Bucket", "awsRegion": "us-east-1", "awsAccountId": %[1]q,
			"configRuleName": %[2]q, "configRuleARN": "arn:aws:config:us-east-1:123456789012:config-rule/config-rule-abcdef",
			"recordVersion": "1.0", "messageType": "ComplianceChangeNotification", "notificationCreationTime": %[4]q,
			"newEvaluationResult": {"evaluationResultIdentifier": {"evaluationResultQualifier": {"configRuleName": %[2]q,
				"resourceType": "AWS::S3::Bucket", "resourceId": %[3]q}, "orderingTimestamp": %[4]q},
				"complianceType": "NON_COMPLIANT", "resultRecordedTime": %[4]q, "configRuleInvokedTime": %[4]q},
			"oldEvaluationResult": {"evaluationResultIdentifier": {"evaluationResultQualifier": {"configRuleName": %[2]q,
				"resourceType": "AWS::S3::Bucket", "resourceId": %[3]q}, "orderingTimestamp": "2026-01-01T00:00:00Z"},
				"complianceType": "COMPLIANT", "resultRecordedTime": "2026-01-01T00:00:00Z",
				"configRuleInvokedTime": "2026-01-01T00:00:00Z"}}}`
	return fmt.Appendf(nil, shape, stage.Account, names.Resource(prefix, rule), bucketName, ordering.Format(time.RFC3339Nano))
}

// evaluation is a result that AWS Config is to hold.
type evaluation struct {
	Rule           string    `json:"rule"`
	ResourceType   string    `json:"resourceType"`
	ResourceID     string    `json:"resourceId"`
	ComplianceType string    `json:"complianceType"`
	Ordering       time.Time `json:"orderingTimestamp"`
}

// evaluate has the local AWS Config hold results about buckets under one of our rules.
func evaluate(ctx context.Context, rule string, compliance map[string]string) {
	GinkgoHelper()
	var all []evaluation
	for bucketName, complianceType := range compliance {
		all = append(all, evaluation{
			Rule: names.Resource(prefix, rule), ResourceType: "AWS::S3::Bucket", ResourceID: bucketName,
			ComplianceType: complianceType, Ordering: time.Now(),
		})
	}
	body, err := json.Marshal(all)
	Expect(err).NotTo(HaveOccurred())
	url := deployed.Cloud.Endpoint() + "/_localcloud/config/evaluations"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	response, err := http.DefaultClient.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer response.Body.Close()
	Expect(response).To(HaveHTTPStatus(http.StatusOK))
	Expect(response).To(HaveHTTPBody(MatchJSON(fmt.Sprintf(`{"recorded": %d, "stale": 0}`, len(all)))))
}
