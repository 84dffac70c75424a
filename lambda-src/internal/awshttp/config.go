package awshttp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const serviceConfig = "config"

// Config is a client of AWS Config. An answer without a body, or without the list that it was asked for, is an error to
// it: as a page without results, it would make a report partial without saying so.
type Config struct{ client client }

// NewConfig is a client of AWS Config.
func NewConfig(settings Settings) *Config {
	return &Config{client: newClient(settings)}
}

// ErrEmptyAnswer is what a reading call fails with when the answer says success and nothing else.
var ErrEmptyAnswer = errors.New("the answer has no body")

// ConfigRules is one page of an account's Config rules.
type ConfigRules struct {
	Rules []ConfigRule `json:"ConfigRules"`
	Next  string       `json:"NextToken"` // token of the next page; "" after the last
}

// ConfigRule is a Config rule.
type ConfigRule struct {
	Name  string `json:"ConfigRuleName"`
	State string `json:"ConfigRuleState"`
}

// DescribeConfigRules reads one page of the account's Config rules; the first one has the token "".
func (c *Config) DescribeConfigRules(ctx context.Context, token string) (ConfigRules, error) {
	in := struct {
		Token string `json:"NextToken,omitempty"`
	}{token}
	got, err := c.read(ctx, "DescribeConfigRules", in)
	if err != nil {
		return ConfigRules{}, err
	}
	var page ConfigRules
	if err := json.Unmarshal([]byte(got), &page); err != nil {
		return ConfigRules{}, fmt.Errorf("reading the answer: %w", err)
	}
	if page.Rules == nil {
		return ConfigRules{}, errors.New("reading the answer: it has no ConfigRules")
	}
	return page, nil
}

// ComplianceQuery says which results of a Config rule are to be read.
type ComplianceQuery struct {
	Rule  string   `json:"ConfigRuleName"`
	Only  []string `json:"ComplianceTypes,omitempty"` // compliance types; all when empty
	Token string   `json:"NextToken,omitempty"`       // "" for the first page
}

// maxResults is the most results that AWS Config returns at once.
const maxResults = 100

// Evaluation is one evaluation result. What AWS does not say of it is "" or zero.
type Evaluation struct {
	ResourceType string
	ResourceID   string
	Compliance   string
	Annotation   string
	Ordering     time.Time
	Recorded     time.Time
}

// Compliance is one page of a rule's evaluation results.
type Compliance struct {
	Results []Evaluation
	Next    string // token of the next page; "" after the last
}

// GetComplianceDetailsByConfigRule reads one page of a rule's evaluation results.
func (c *Config) GetComplianceDetailsByConfigRule(ctx context.Context, query ComplianceQuery) (Compliance, error) {
	in := struct {
		ComplianceQuery
		Limit int
	}{query, maxResults}
	got, err := c.read(ctx, "GetComplianceDetailsByConfigRule", in)
	if err != nil {
		return Compliance{}, err
	}
	page, err := parseCompliance(got)
	if err != nil {
		return Compliance{}, fmt.Errorf("reading the answer: %w", err)
	}
	return page, nil
}

// StartConfigRulesEvaluation makes AWS Config evaluate rules again. It is tried once: AWS allows it once a minute.
func (c *Config) StartConfigRulesEvaluation(ctx context.Context, rules []string) error {
	in := struct {
		Rules []string `json:"ConfigRuleNames"`
	}{rules}
	_, err := c.call(ctx, "StartConfigRulesEvaluation", in, 1)
	return err
}

// read makes a call whose answer always has a body.
func (c *Config) read(ctx context.Context, operation string, in any) (string, error) {
	got, err := c.call(ctx, operation, in, 0)
	if err == nil && strings.TrimSpace(got) == "" {
		err = fmt.Errorf("reading the answer: %w", ErrEmptyAnswer)
	}
	return got, err
}

func (c *Config) call(ctx context.Context, operation string, in any, tries int) (string, error) {
	body, _ := json.Marshal(in) //nolint:errchkjson // texts and numbers are never an error
	got, err := c.client.do(ctx, call{
		service: serviceConfig, method: http.MethodPost, url: c.client.settings.baseURL(serviceConfig) + "/", tries: tries, json: true,
		header: map[string]string{
			"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "StarlingDoveService." + operation,
		},
		body: body,
	})
	return got.body, err
}
