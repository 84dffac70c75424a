package env_test

import (
	"context"
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/env"
)

const (
	topicARN = "arn:aws:sns:us-east-1:123456789012:topic"
	keyARN   = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

func lookup(variables map[string]string) env.Lookup {
	return func(key string) (string, bool) {
		value, ok := variables[key]
		return value, ok
	}
}

func readRemediator(variables map[string]string) error {
	_, err := env.ReadRemediator(lookup(variables))
	return err
}

var _ = Describe("The environment", func() {
	var variables map[string]string

	BeforeEach(func() {
		variables = map[string]string{
			names.EnvPrefix:          "monitor-test",
			names.EnvReportsBucket:   "monitor-test-reports-123456789012",
			names.EnvViolationsTopic: topicARN,
			names.EnvOperationsTopic: topicARN + "-operations",
			names.EnvKeyARN:          keyARN,
			names.EnvAccountAlias:    "shop-production",
			names.EnvFloodLimit:      "30",
			names.EnvRemediationMode: names.ModePlan,
			names.EnvRemediations:    `{"s3-encryption":"enforce","s3-other":"off"}`,
			names.EnvRuleSettings:    `{"s3-encryption":{"limit":5}}`,
			"AWS_REGION":             "us-east-1",
			"AWS_ACCESS_KEY_ID":      "id",
			"AWS_SECRET_ACCESS_KEY":  "secret",
			"AWS_SESSION_TOKEN":      "token",
		}
	})

	It("should give the processor its settings", func() {
		settings, err := env.ReadProcessor(lookup(variables))
		Expect(err).NotTo(HaveOccurred())
		Expect(settings.Prefix).To(Equal("monitor-test"))
		Expect(settings.Bucket).To(Equal("monitor-test-reports-123456789012"))
		Expect(settings.ViolationsTopic).To(Equal(topicARN))
		Expect(settings.AccountAlias).To(Equal("shop-production"))
		Expect(settings.FloodLimit).To(Equal(30))
		Expect(settings.Modes.Of("s3-encryption")).To(Equal(names.ModeEnforce))
		Expect(settings.AWS.Region).To(Equal("us-east-1"))
		Expect(settings.AWS.Endpoint).To(BeEmpty())
		credentials, err := settings.AWS.Credentials.Retrieve(context.Background())
		Expect(err).NotTo(HaveOccurred())
		Expect([]string{credentials.AccessKeyID, credentials.SecretAccessKey, credentials.SessionToken}).
			To(Equal([]string{"id", "secret", "token"}))
	})

	It("should give the aggregator its settings, with an endpoint in place of AWS's", func() {
		variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566"
		settings, err := env.ReadAggregator(lookup(variables))
		Expect(err).NotTo(HaveOccurred())
		Expect(settings.Prefix).To(Equal("monitor-test"))
		Expect(settings.ViolationsTopic).To(Equal(topicARN))
		Expect(settings.AWS.Endpoint).To(Equal("http://127.0.0.1:4566"))
	})

	It("should give the remediator its settings, with the mode of each rule", func() {
		settings, err := env.ReadRemediator(lookup(variables))
		Expect(err).NotTo(HaveOccurred())
		Expect(settings.KeyARN).To(Equal(keyARN))
		Expect(settings.OperationsTopic).To(Equal(topicARN + "-operations"))
		Expect(settings.Modes.Of("s3-encryption")).To(Equal(names.ModeEnforce))
		Expect(settings.Modes.Of("s3-other")).To(Equal(names.ModeOff))
		Expect(settings.Modes.Of("any-other")).To(Equal(names.ModePlan))
		Expect(settings.Rules.Of(catalogue.Rule{Name: "s3-encryption"}).Limit).To(Equal(5))
	})

	It("should do without settings of single rules", func() {
		for _, without := range []func(){
			func() { delete(variables, names.EnvRuleSettings) },
			func() { variables[names.EnvRuleSettings] = "" },
			func() { variables[names.EnvRuleSettings] = "{}" },
		} {
			without()
			settings, err := env.ReadRemediator(lookup(variables))
			Expect(err).NotTo(HaveOccurred())
			Expect(settings.Rules.Of(catalogue.Rule{Name: "s3-encryption"}).Limit).To(Equal(names.DefaultBreakerLimit))
		}
	})

	It("should do without modes of single rules", func() {
		for _, without := range []func(){
			func() { delete(variables, names.EnvRemediations) },
			func() { variables[names.EnvRemediations] = "" },
			func() { variables[names.EnvRemediations] = "{}" },
		} {
			without()
			settings, err := env.ReadRemediator(lookup(variables))
			Expect(err).NotTo(HaveOccurred())
			Expect(settings.Modes.Of("s3-encryption")).To(Equal(names.ModePlan))
		}
	})

	It("should be refused with everything that is missing at once", func() {
		err := readRemediator(map[string]string{})
		Expect(err).To(MatchError(env.ErrMissing))
		for _, key := range []string{
			names.EnvPrefix, names.EnvReportsBucket, names.EnvOperationsTopic, names.EnvKeyARN, names.EnvRemediationMode,
			"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
		} {
			Expect(err).To(MatchError(ContainSubstring(key + " is not set")))
		}
	})

	DescribeTable("should be refused with the variable, its value and what was expected",
		func(key, value, expected string) {
			broken := maps.Clone(variables)
			broken[key] = value
			err := readRemediator(broken)
			Expect(err).To(MatchError(env.ErrInvalid))
			Expect(err).To(MatchError(And(ContainSubstring(key), ContainSubstring(value), ContainSubstring(expected))))
		},
		Entry("a prefix with capitals", names.EnvPrefix, "Monitor", "lower-case letters"),
		Entry("a bucket's ARN in place of its name", names.EnvReportsBucket, "arn:aws:s3:::b", "the name of a bucket"),
		Entry("a bucket's name that is too short", names.EnvReportsBucket, "ab", "the name of a bucket"),
		Entry("a topic's name in place of its ARN", names.EnvOperationsTopic, "topic", "arn:aws:sns:"),
		Entry("another service's ARN", names.EnvOperationsTopic, keyARN, "arn:aws:sns:"),
		Entry("a key's alias in place of its ARN", names.EnvKeyARN, "alias/key", "arn:aws:kms:"),
		Entry("an unknown mode", names.EnvRemediationMode, "on", "one of off, plan, enforce"),
		Entry("modes that are a list", names.EnvRemediations, `[1]`, "JSON object"),
		Entry("modes that are cut off", names.EnvRemediations, `{`, "JSON object"),
		Entry("modes that are null", names.EnvRemediations, `null`, "JSON object"),
		Entry("settings of rules that are cut off", names.EnvRuleSettings, `{`, "JSON object"),
		Entry("a region with a space", "AWS_REGION", "us east", "a region"),
		Entry("an endpoint without a scheme", "AWS_ENDPOINT_URL", "127.0.0.1:4566", "a URL"),
		Entry("an endpoint of another scheme", "AWS_ENDPOINT_URL", "ftp://127.0.0.1", "a URL"),
		Entry("an endpoint without a host", "AWS_ENDPOINT_URL", "http:///x", "a URL"),
	)

	It("should do without an alias of the account", func() {
		for _, without := range []func(){
			func() { delete(variables, names.EnvAccountAlias) },
			func() { variables[names.EnvAccountAlias] = "" },
		} {
			without()
			settings, err := env.ReadProcessor(lookup(variables))
			Expect(err).NotTo(HaveOccurred())
			Expect(settings.AccountAlias).To(BeEmpty())
		}
	})

	DescribeTable("should be refused to the processor with the variable, its value and what was expected",
		func(key, value, expected string) {
			variables[key] = value
			_, err := env.ReadProcessor(lookup(variables))
			Expect(err).To(MatchError(And(ContainSubstring(key), ContainSubstring(value), ContainSubstring(expected))))
		},
		Entry("an alias with a space", names.EnvAccountAlias, "our shop", "the account's alias"),
		Entry("no limit of mails", names.EnvFloodLimit, "", "is not set"),
		Entry("a limit in words", names.EnvFloodLimit, "thirty", "a whole number from 0 to 100000"),
		Entry("a limit below nothing", names.EnvFloodLimit, "-1", "a whole number from 0 to 100000"),
		Entry("a limit beyond all sense", names.EnvFloodLimit, "100001", "a whole number from 0 to 100000"),
	)

	It("should report every fault in the modes of rules at once", func() {
		_, err := env.ParseModes(`{"good":"plan","bad":"on","Worse":"off","":"Plan"}`)
		Expect(err).To(MatchError(And(
			ContainSubstring(`rule "bad" has mode "on": expected one of off, plan, enforce`),
			ContainSubstring(`"Worse" is not the short name of a rule`),
			ContainSubstring(`"" is not the short name of a rule`),
			ContainSubstring(`rule "" has mode "Plan"`),
			Not(ContainSubstring("good")),
		)))
	})
})

var _ = Describe("Modes made by hand", func() {
	It("should be those of the rules they name, and the default's for others", func() {
		modes := env.NewModes(names.ModeOff, map[string]string{"a": names.ModeEnforce})
		Expect(modes.Of("a")).To(Equal(names.ModeEnforce))
		Expect(modes.Of("b")).To(Equal(names.ModeOff))
	})
})
