package functions

import (
	"errors"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
)

var _ = Describe("Settings", func() {
	It("should have defaults", func() {
		s, err := ParseSettings(nil)
		Expect(err).NotTo(HaveOccurred())
		known, err := catalogue.Load()
		Expect(err).NotTo(HaveOccurred())
		Expect(s).To(Equal(Settings{
			Catalogue:           known,
			Architecture:        "arm64",
			CodePath:            "../../build/lambdas",
			ExemptionsFile:      "exemptions.yaml",
			LogRetentionDays:    7,
			Memory:              map[string]int{"processor": 256, "aggregator": 512, "remediator": 256},
			Timeout:             map[string]int{"processor": 120, "aggregator": 900, "remediator": 300},
			ReservedConcurrency: map[string]int{},
			FloodLimit:          30,
			RemediationMode:     "plan",
			BreakerLimit:        10,
			Remediations:        map[string]Remediation{},
		}))
	})

	It("should read each value, and keep the defaults of functions that are not named", func() {
		s, err := ParseSettings(map[string]string{
			"architecture": "x86_64", "codePath": "/packages", "exemptionsFile": "/exemptions.yaml", "logRetentionDays": "30",
			"memory": `{"processor": 512}`, "timeout": `{"aggregator": "600"}`, "reservedConcurrency": `{"remediator": 2}`,
			"remediationMode": "enforce", "breakerLimit": "20",
			"remediations": `{"s3-encryption": "off", "s3-encryption-kms": {"mode": "plan", "limit": 5, "allowDisruption": true}}`,
			"accountAlias": "shop-production", "floodLimit": "0",
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(s.Architecture).To(Equal("x86_64"))
		Expect(s.CodePath).To(Equal("/packages"))
		Expect(s.ExemptionsFile).To(Equal("/exemptions.yaml"))
		Expect(s.LogRetentionDays).To(Equal(30))
		Expect(s.Memory).To(Equal(map[string]int{"processor": 512, "aggregator": 512, "remediator": 256}))
		Expect(s.Timeout).To(Equal(map[string]int{"processor": 120, "aggregator": 600, "remediator": 300}))
		Expect(s.ReservedConcurrency).To(Equal(map[string]int{"remediator": 2}))
		Expect(s.AccountAlias).To(Equal("shop-production"))
		Expect(s.FloodLimit).To(BeZero())
		Expect(s.RemediationMode).To(Equal("enforce"))
		Expect(s.BreakerLimit).To(Equal(20))
		Expect(s.Remediations).To(Equal(map[string]Remediation{
			"s3-encryption": {Mode: "off"}, "s3-encryption-kms": {Mode: "plan", Limit: 5, AllowDisruption: true},
		}))
	})

	It("should not let the settings of one stack change the defaults of another", func() {
		_, err := ParseSettings(map[string]string{"memory": `{"processor": 1024}`})
		Expect(err).NotTo(HaveOccurred())
		s, err := ParseSettings(nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.Memory).To(HaveKeyWithValue("processor", 256))
	})

	faults := map[string]struct{ key, value, message string }{
		"an unknown architecture":             {"architecture", "x86", "expected one of arm64, x86_64"},
		"no folder":                           {"codePath", "", "expected a path"},
		"no file":                             {"exemptionsFile", "", "expected a path"},
		"a retention below a week":            {"logRetentionDays", "5", "expected one of 7, 14, 30"},
		"a retention that CloudWatch refuses": {"logRetentionDays", "8", "expected one of 7, 14, 30"},
		"memory that is no map":               {"memory", "256", "expected a map of functions to whole numbers"},
		"too little memory": {
			"memory", `{"processor": 64}`, `setting compliance-monitor-functions:memory.processor is "64": ` +
				"expected a whole number from 128 to 10240",
		},
		"a time-out of an unknown function": {
			"timeout", `{"procesor": 60}`, "expected a function: one of processor, aggregator, remediator",
		},
		"a time-out that is no number":    {"timeout", `{"processor": "1m"}`, "expected a whole number from 5 to 900"},
		"a time-out beyond Lambda's":      {"timeout", `{"processor": 901}`, "expected a whole number from 5 to 900"},
		"a concurrency that stops it":     {"reservedConcurrency", `{"processor": 0}`, "expected a whole number from 1 to 900"},
		"a concurrency beyond an account": {"reservedConcurrency", `{"processor": 901}`, "expected a whole number from 1 to 900"},
		"an alias that IAM refuses":       {"accountAlias", "Our shop", "expected the account's alias: 3 to 63 lower-case letters"},
		"an alias that is too short":      {"accountAlias", "ab", "expected the account's alias"},
		"a limit of mails below nothing":  {"floodLimit", "-1", "expected a whole number from 0 to 100000"},
		"an unknown mode":                 {"remediationMode", "on", "expected one of off, plan, enforce"},
		"an unknown mode of a rule":       {"remediations", `{"s3-encryption": "on"}`, "expected one of off, plan, enforce"},
		"modes that are a list": {
			"remediations", `["s3-encryption"]`, "expected a map of rules to modes, or to objects with mode, limit and allowDisruption",
		},
		"a mode without quotes": {
			"remediations", `{"s3-encryption": false}`, `remediations.s3-encryption is "false": expected a mode in quotes where YAML needs them`,
		},
		"a mode that is null": {"remediations", `{"s3-encryption": null}`, `remediations.s3-encryption is "null": expected a mode`},
		"an unknown mode in an object": {
			"remediations", `{"s3-encryption": {"mode": "on"}}`, `remediations.s3-encryption.mode is "on": expected one of off, plan, enforce`,
		},
		"a limit that stops everything": {
			"remediations", `{"s3-encryption": {"limit": 0}}`, `remediations.s3-encryption.limit is "0": expected a whole number from 1 to 1000`,
		},
		"a limit that is none":       {"remediations", `{"s3-encryption": {"limit": 1001}}`, "expected a whole number from 1 to 1000"},
		"a limit that is no number":  {"remediations", `{"s3-encryption": {"limit": "many"}}`, `limit is "many"`},
		"a switch that is no switch": {"remediations", `{"s3-encryption": {"allowDisruption": "yes"}}`, "expected one of true, false"},
		"an unknown member": {
			"remediations", `{"s3-encryption": {"limits": 3}}`,
			`remediations.s3-encryption.limits is "3": expected no such member; known are mode, limit, allowDisruption`,
		},
		"a limit of all rules that is none": {"breakerLimit", "0", "expected a whole number from 1 to 1000"},
		"a mode of an unknown rule": {
			"remediations", `{"s3-encrypting": "off"}`, `setting compliance-monitor-functions:remediations.s3-encrypting is ` +
				`"off": expected a rule that has a remediation: one of `,
		},
		"a mode of a rule without a remediation": {
			"remediations", `{"ebs-encryption": "off"}`, "expected a rule that has a remediation: one of ",
		},
		"an unknown setting": {"memroy", "{}", "expected no such setting; known are accountAlias, architecture, breakerLimit"},
	}
	for name, fault := range faults {
		It("should refuse "+name, func() {
			_, err := ParseSettings(map[string]string{fault.key: fault.value})
			Expect(err).To(MatchError(ContainSubstring(fault.message)))
		})
	}

	It("should report all faults at once", func() {
		values := map[string]string{
			"architecture": "x86", "logRetentionDays": "1", "memory": `{"processor": 1, "aggregator": 2}`, "remediationMode": "on",
			"remediations": `{"ebs-encryption": "on", "s3-encryption": {"mode": "on", "limit": -1, "allowDisruption": 1, "limits": {}}}`,
			"memroy":       "{}", "breakerLimit": "ten",
		}
		_, err := ParseSettings(values)
		for _, key := range []string{
			"architecture", "logRetentionDays", "memory.processor", "memory.aggregator", "remediationMode",
			"remediations.ebs-encryption is \"on\": expected a rule", "remediations.ebs-encryption is \"on\": expected one of",
			"remediations.s3-encryption.mode", "remediations.s3-encryption.limit is", "remediations.s3-encryption.allowDisruption",
			"remediations.s3-encryption.limits", "breakerLimit", "memroy",
		} {
			Expect(err).To(MatchError(ContainSubstring("setting compliance-monitor-functions:" + key)))
		}
	})

	It("should say so when the catalogue can't be read", func() {
		broken := errors.New("the catalogue is broken")
		_, reader := read(nil, func() (*catalogue.Catalogue, error) { return nil, broken })
		Expect(reader.Err()).To(MatchError(broken))
	})

	It("should list its keys for whoever reads the settings", func() {
		Expect(Keys()).To(ConsistOf("accountAlias", "floodLimit", "architecture", "codePath", "exemptionsFile", "logRetentionDays", "memory",
			"reservedConcurrency", "timeout", "remediationMode", "remediations", "breakerLimit"))
	})
})
