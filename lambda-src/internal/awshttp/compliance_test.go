package awshttp_test

import (
	"encoding/json"
	"testing"

	smithytime "github.com/aws/smithy-go/time"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

// TestCompliance checks that results are read as they were written, and their times as the SDK reads them.
func TestCompliance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, seconds := rapid.String(), rapid.Float64Range(-9e9, 9e9)
		id, annotation, next := text.Draw(t, "id"), text.Draw(t, "annotation"), text.Draw(t, "next")
		ordering, recorded := seconds.Draw(t, "ordering"), seconds.Draw(t, "recorded")
		content, err := json.MarshalIndent(map[string]any{"NextToken": next, text.Draw(t, "other"): recorded, "EvaluationResults": []any{map[string]any{
			"EvaluationResultIdentifier": map[string]any{
				"OrderingTimestamp": ordering, "EvaluationResultQualifier": map[string]any{"ResourceId": id, "ResourceType": next},
			},
			"ResultRecordedTime": recorded, "Annotation": annotation, "ComplianceType": id,
		}}}, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		page, err := awshttp.ParseCompliance(string(content))
		want := awshttp.Evaluation{
			ResourceType: next, ResourceID: id, Compliance: id, Annotation: annotation,
			Ordering: smithytime.ParseEpochSeconds(ordering), Recorded: smithytime.ParseEpochSeconds(recorded),
		}
		if err != nil || page.Next != next || len(page.Results) != 1 || page.Results[0] != want {
			t.Fatalf("%s was read as %+v, %v, not %+v", content, page, err, want)
		}
	})
}
