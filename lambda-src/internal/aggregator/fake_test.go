package aggregator_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/emf"
)

// errAWS is what a call fails with that is made to fail.
var errAWS = errors.New("AWS is not well")

// fakeConfig is AWS Config with results by rule; each result is written TYPE/ID=COMPLIANCE, and is a page of its own.
type fakeConfig struct {
	results map[string][]string
	failing map[string]error // by rule, when its second page is asked for
	listErr error
	before  func(ctx context.Context) // each page of results
	many    int                       // results of the rule monitor-test-many, in full pages
	atEnd   func()                    // of the rule monitor-test-many
}

func (f *fakeConfig) DescribeConfigRules(
	context.Context, *configservice.DescribeConfigRulesInput, ...func(*configservice.Options),
) (*configservice.DescribeConfigRulesOutput, error) {
	if f.listErr != nil {
		return nil, f.listErr
	}
	out := &configservice.DescribeConfigRulesOutput{}
	for name := range f.results {
		out.ConfigRules = append(out.ConfigRules, types.ConfigRule{ConfigRuleName: aws.String(name)})
	}
	if f.many > 0 {
		out.ConfigRules = append(out.ConfigRules, types.ConfigRule{ConfigRuleName: aws.String("monitor-test-many")})
	}
	return out, nil
}

func (f *fakeConfig) GetComplianceDetailsByConfigRule(
	ctx context.Context, in *configservice.GetComplianceDetailsByConfigRuleInput, _ ...func(*configservice.Options),
) (*configservice.GetComplianceDetailsByConfigRuleOutput, error) {
	if f.before != nil {
		f.before(ctx)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if *in.ConfigRuleName == "monitor-test-many" {
		return f.manyResults(in)
	}
	page := len(aws.ToString(in.NextToken))
	if err := f.failing[*in.ConfigRuleName]; err != nil && page == 1 {
		return nil, err
	}
	results := f.results[*in.ConfigRuleName]
	out := &configservice.GetComplianceDetailsByConfigRuleOutput{}
	if page < len(results) {
		out.EvaluationResults = []types.EvaluationResult{evaluation(results[page])}
		out.NextToken = aws.String(strings.Repeat("x", page+1))
	}
	return out, nil
}

func (f *fakeConfig) manyResults(
	in *configservice.GetComplianceDetailsByConfigRuleInput,
) (*configservice.GetComplianceDetailsByConfigRuleOutput, error) {
	start, _ := strconv.Atoi(aws.ToString(in.NextToken))
	out := &configservice.GetComplianceDetailsByConfigRuleOutput{}
	end := min(start+int(in.Limit), f.many)
	for i := start; i < end; i++ {
		out.EvaluationResults = append(out.EvaluationResults, evaluation(fmt.Sprintf("AWS::S3::Bucket/bucket-%x=COMPLIANT", i*7919)))
	}
	switch {
	case end < f.many:
		out.NextToken = aws.String(strconv.Itoa(end))
	case f.atEnd != nil:
		f.atEnd()
	}
	return out, nil
}

func evaluation(text string) types.EvaluationResult {
	resource, compliance, _ := strings.Cut(text, "=")
	kind, id, _ := strings.Cut(resource, "/")
	return types.EvaluationResult{
		ComplianceType: types.ComplianceType(compliance), ResultRecordedTime: aws.Time(now),
		EvaluationResultIdentifier: &types.EvaluationResultIdentifier{
			OrderingTimestamp:         aws.Time(now),
			EvaluationResultQualifier: &types.EvaluationResultQualifier{ResourceType: aws.String(kind), ResourceId: aws.String(id)},
		},
	}
}

// bucket keeps what is written, and in which order. It fails the write of one number.
type bucket struct {
	keys    []string
	content map[string][]byte
	fail    int
}

func newBucket() *bucket { return &bucket{content: map[string][]byte{}} }

func (b *bucket) keep(key string, content []byte) error {
	if len(b.keys)+1 == b.fail {
		return errAWS
	}
	b.keys = append(b.keys, key)
	b.content[key] = content
	return nil
}

func (b *bucket) Write(_ context.Context, key string, document any) error {
	content, err := json.Marshal(document)
	Expect(err).NotTo(HaveOccurred())
	return b.keep(key, content)
}

func (b *bucket) WriteFile(_ context.Context, key, contentType string, file *os.File) error {
	Expect(contentType).To(Equal("application/gzip"))
	content, err := os.ReadFile(file.Name())
	Expect(err).NotTo(HaveOccurred())
	return b.keep(key, content)
}

// lines unpacks results.ndjson.gz.
func (b *bucket) lines(key string) []aggregator.Result {
	packed, err := gzip.NewReader(bytes.NewReader(b.content[key]))
	Expect(err).NotTo(HaveOccurred())
	content, err := io.ReadAll(packed)
	Expect(err).NotTo(HaveOccurred())
	var results []aggregator.Result
	for line := range strings.Lines(string(content)) {
		var result aggregator.Result
		Expect(json.Unmarshal([]byte(line), &result)).To(Succeed())
		results = append(results, result)
	}
	return results
}

// metrics is what was emitted: NAME{DIMENSION=VALUE} VALUE UNIT.
type metrics struct{ lines []string }

func (m *metrics) Emit(name string, unit emf.Unit, value float64, dimensions ...emf.Dimension) {
	for _, dimension := range dimensions {
		name += "{" + dimension.Name + "=" + dimension.Value + "}"
	}
	m.lines = append(m.lines, fmt.Sprintf("%s %g %s", name, value, unit))
	slices.Sort(m.lines)
}
