// Package env reads the functions' settings from their environment, once, and reports every fault at once.
// A malformed value is an error, never a default.
package env

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awshttp"
)

// Variables that Lambda itself sets, but for the endpoint, which names something other than AWS to call.
const (
	region       = "AWS_REGION"
	accessKeyID  = "AWS_ACCESS_KEY_ID"
	secretKey    = "AWS_SECRET_ACCESS_KEY" //nolint:gosec // a name, not a secret
	sessionToken = "AWS_SESSION_TOKEN"     //nolint:gosec // a name, not a secret
	endpointURL  = "AWS_ENDPOINT_URL"
)

// Kinds of faults, to tell them apart by errors.Is.
var (
	ErrMissing = errors.New("is not set")
	ErrInvalid = errors.New("is invalid")
)

// Lookup returns the value of an environment variable and whether it is set, as os.LookupEnv does.
type Lookup func(key string) (string, bool)

// Common is what all functions are told.
type Common struct {
	Prefix string // of every resource name of the deployment
	Bucket string // the reports bucket
	AWS    awshttp.Settings
}

// Processor is what the processor is told.
type Processor struct {
	Common
	ViolationsTopic string // ARN
	AccountAlias    string // "" if the account has none
	FloodLimit      int    // mails a minute; 0 is no limit
	Modes           Modes  // of the remediator, to tell people what to expect of it
}

// Aggregator is what the aggregator is told.
type Aggregator struct {
	Common
	ViolationsTopic string // ARN
}

// Remediator is what the remediator is told.
type Remediator struct {
	Common
	KeyARN          string // the CMK that buckets are to be encrypted with
	OperationsTopic string // ARN
	Modes           Modes
	Rules           Rules
}

// ReadProcessor reads the processor's settings.
func ReadProcessor(lookup Lookup) (Processor, error) {
	r := reader{lookup: lookup}
	settings := Processor{
		Common:          r.common(),
		ViolationsTopic: r.arn(names.EnvViolationsTopic, "sns"),
		AccountAlias:    r.alias(),
		FloodLimit:      r.number(names.EnvFloodLimit, names.MostFloodLimit),
		Modes:           r.modes(),
	}
	return settings, r.err()
}

// ReadAggregator reads the aggregator's settings.
func ReadAggregator(lookup Lookup) (Aggregator, error) {
	r := reader{lookup: lookup}
	settings := Aggregator{
		Common:          r.common(),
		ViolationsTopic: r.arn(names.EnvViolationsTopic, "sns"),
	}
	return settings, r.err()
}

// ReadRemediator reads the remediator's settings.
func ReadRemediator(lookup Lookup) (Remediator, error) {
	r := reader{lookup: lookup}
	settings := Remediator{
		Common:          r.common(),
		KeyARN:          r.arn(names.EnvKeyARN, "kms"),
		OperationsTopic: r.arn(names.EnvOperationsTopic, "sns"),
		Modes:           r.modes(),
		Rules:           r.rules(),
	}
	return settings, r.err()
}

// reader reads variables and collects what is wrong with them.
type reader struct {
	lookup Lookup
	faults []error
}

func (r *reader) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	return fmt.Errorf("reading the environment; set it in the functions layer and deploy that again: %w", errors.Join(r.faults...))
}

func (r *reader) required(key string) (string, bool) {
	value, ok := r.lookup(key)
	if !ok || value == "" {
		r.faults = append(r.faults, fmt.Errorf("%s %w", key, ErrMissing))
		return "", false
	}
	return value, true
}

func (r *reader) invalid(key, value, expected string) {
	r.faults = append(r.faults, fmt.Errorf("%s=%q %w: expected %s", key, value, ErrInvalid, expected))
}

func (r *reader) common() Common {
	return Common{
		Prefix: r.name(names.EnvPrefix, "lower-case letters, digits and hyphens", lowerName),
		Bucket: r.name(names.EnvReportsBucket, "the name of a bucket", bucketName),
		AWS:    r.aws(),
	}
}

func (r *reader) name(key, expected string, valid func(string) bool) string {
	value, ok := r.required(key)
	if ok && !valid(value) {
		r.invalid(key, value, expected)
	}
	return value
}

// number reads a whole number from 0 to most.
func (r *reader) number(key string, most int) int {
	value, ok := r.required(key)
	number, err := strconv.Atoi(value)
	if ok && (err != nil || number < 0 || number > most) {
		r.invalid(key, value, fmt.Sprintf("a whole number from 0 to %d", most))
	}
	return number
}

// alias reads the account's alias, which may be missing or empty.
func (r *reader) alias() string {
	alias, _ := r.lookup(names.EnvAccountAlias)
	if !lowerName(alias) {
		r.invalid(names.EnvAccountAlias, alias, "the account's alias: lower-case letters, digits and hyphens")
	}
	return alias
}

func (r *reader) arn(key, service string) string {
	value, ok := r.required(key)
	if !ok {
		return ""
	}
	parsed, err := arn.Parse(value)
	if err != nil || parsed.Service != service || parsed.Region == "" || parsed.AccountID == "" || parsed.Resource == "" {
		r.invalid(key, value, "an ARN such as arn:aws:"+service+":us-east-1:123456789012:…")
	}
	return value
}

func (r *reader) aws() awshttp.Settings {
	settings := awshttp.Settings{Region: r.name(region, "a region such as us-east-1", lowerName)}
	id, _ := r.required(accessKeyID)
	if secret, ok := r.required(secretKey); ok && id != "" {
		token, _ := r.lookup(sessionToken)
		settings.Credentials = credentials.NewStaticCredentialsProvider(id, secret, token)
	}
	if endpoint, _ := r.lookup(endpointURL); endpoint != "" {
		parsed, err := url.Parse(endpoint)
		if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
			r.invalid(endpointURL, endpoint, "a URL such as http://127.0.0.1:4566")
		}
		settings.Endpoint = endpoint
	}
	return settings
}

func lowerName(name string) bool {
	return only(name, "abcdefghijklmnopqrstuvwxyz0123456789-")
}

// bucketName is what S3 demands of a bucket's name, as far as a wrong variable would break it.
func bucketName(name string) bool {
	return len(name) >= 3 && len(name) <= 63 && only(name, "abcdefghijklmnopqrstuvwxyz0123456789-.")
}

func only(text, alphabet string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(alphabet, r) }) < 0
}
