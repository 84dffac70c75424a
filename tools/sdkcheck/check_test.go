package sdkcheck_test

import (
	"io/fs"
	"strings"
	"testing/fstest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/tools/sdkcheck"
)

// sdkSource is an SDK with one provider, one resource with a nested type, and one function.
const sdkSource = `package aws

type providerArgs struct {
	Region *string ` + "`pulumi:\"region\"`" + `
}

type GetThingArgs struct {
	Name string ` + "`pulumi:\"name\"`" + `
}

type GetThingResult struct {
	Id   string ` + "`pulumi:\"id\"`" + `
	Name string ` + "`pulumi:\"name\"`" + `
}
`

const moduleSource = `package cfg

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

type RuleScope struct {
	Types []string ` + "`pulumi:\"types\"`" + `
	Max   *int     ` + "`pulumi:\"max\"`" + `
}

type Runtime string

type ruleArgs struct {
	Name    *string              ` + "`pulumi:\"name\"`" + `
	Enabled bool                 ` + "`pulumi:\"enabled\"`" + `
	Ratio   *float64             ` + "`pulumi:\"ratio\"`" + `
	Runtime *Runtime             ` + "`pulumi:\"runtime\"`" + `
	Policy  interface{}          ` + "`pulumi:\"policy\"`" + `
	Scope   *RuleScope           ` + "`pulumi:\"scope\"`" + `
	Scopes  []RuleScope          ` + "`pulumi:\"scopes\"`" + `
	Tags    map[string]string    ` + "`pulumi:\"tags\"`" + `
	Code    pulumi.Archive       ` + "`pulumi:\"code\"`" + `
	Source  pulumi.AssetOrArchive ` + "`pulumi:\"source\"`" + `
	hidden  string
}

type ruleState struct {
	Arn *string ` + "`pulumi:\"arn\"`" + `
}
`

const schemaSource = `{
 "types": {"aws:cfg/RuleScope:RuleScope": {"type": "object", "properties": {
	"types": {"type": "array", "items": {"type": "string"}}, "max": {"type": "integer"}}}},
 "provider": {"inputProperties": {"region": {"type": "string"}}},
 "resources": {"aws:cfg/rule:Rule": {
	"inputProperties": {
		"name": {"type": "string"}, "enabled": {"type": "boolean"}, "ratio": {"type": "number"},
		"runtime": {"type": "string"}, "policy": {"type": "string"},
		"scope": {"$ref": "#/types/aws:cfg/RuleScope:RuleScope"},
		"scopes": {"type": "array", "items": {"$ref": "#/types/aws:cfg/RuleScope:RuleScope"}},
		"tags": {"type": "object", "additionalProperties": {"type": "string"}},
		"code": {"$ref": "pulumi.json#/Archive"}, "source": {"$ref": "pulumi.json#/Asset"}},
	"stateInputs": {"properties": {"arn": {"type": "string"}}}}},
 "functions": {"aws:index/getThing:getThing": {
	"inputs": {"properties": {"name": {"type": "string"}}},
	"outputs": {"properties": {"id": {"type": "string"}, "name": {"type": "string"}}}}}
}`

func sdkOf(root, module string) *sdkcheck.SDK {
	return sdkcheck.NewSDK(fstest.MapFS{
		"provider.go":      {Data: []byte(root)},
		"notes.txt":        {Data: []byte("not Go")},
		"cfg/rule.go":      {Data: []byte(module)},
		"cfg/rule_doc.txt": {Data: []byte("not Go")},
	})
}

func check(schemaText, moduleText string) ([]string, error) {
	GinkgoHelper()
	schema, err := sdkcheck.ParseSchema([]byte(schemaText))
	Expect(err).NotTo(HaveOccurred())
	differences, err := sdkcheck.Check(schema, sdkOf(sdkSource, moduleText))
	var texts []string
	for _, difference := range differences {
		texts = append(texts, difference.String())
	}
	return texts, err
}

var _ = Describe("Comparing a provider with the SDK", func() {
	const rule = "aws:cfg/rule:Rule "

	It("should find nothing where they agree on every kind of property", func() {
		Expect(check(schemaSource, moduleSource)).To(BeEmpty())
	})

	DescribeTable("should find",
		func(inSchema, instead, expected string) {
			changed := strings.Replace(schemaSource, inSchema, instead, 1)
			Expect(changed).NotTo(Equal(schemaSource))
			found, err := check(changed, moduleSource)
			Expect(err).NotTo(HaveOccurred())
			Expect(found).To(ContainElement(expected))
		},
		Entry("a missing rename", `"name": {"type": "string"}, "enabled"`, `"ruleName": {"type": "string"}, "enabled"`,
			rule+"inputs.ruleName: the provider has string, the SDK absent"),
		Entry("what the SDK would send in vain", `"name": {"type": "string"}, "enabled"`, `"enabled"`,
			rule+"inputs.name: the provider has absent, the SDK string"),
		Entry("a list in place of a single value", `"scope": {"$ref": "#/types/aws:cfg/RuleScope:RuleScope"}`,
			`"scope": {"type": "array", "items": {"$ref": "#/types/aws:cfg/RuleScope:RuleScope"}}`,
			rule+"inputs.scope: the provider has array of object, the SDK object"),
		Entry("a single value in place of a list", `"types": {"type": "array", "items": {"type": "string"}}`,
			`"types": {"type": "string"}`,
			rule+"inputs.scope.types: the provider has string, the SDK array of string"),
		Entry("a difference inside the items of a list", `"max": {"type": "integer"}`, `"maximum": {"type": "integer"}`,
			rule+"inputs.scopes[].maximum: the provider has integer, the SDK absent"),
		Entry("text in place of a number", `"max": {"type": "integer"}`, `"max": {"type": "string"}`,
			rule+"inputs.scope.max: the provider has string, the SDK integer"),
		Entry("a path in place of an archive", `"code": {"$ref": "pulumi.json#/Archive"}`, `"code": {"type": "string"}`,
			rule+"inputs.code: the provider has string, the SDK archive"),
		Entry("a list where the SDK takes a union of values", `"policy": {"type": "string"}`,
			`"policy": {"type": "array", "items": {"type": "string"}}`,
			rule+"inputs.policy: the provider has array of string, the SDK any"),
		Entry("an output of another name", `"arn": {"type": "string"}`, `"ruleArn": {"type": "string"}`,
			rule+"state.ruleArn: the provider has string, the SDK absent"),
		Entry("an argument of the provider", `"region": {"type": "string"}`, `"area": {"type": "string"}`,
			"pulumi:providers:aws inputs.area: the provider has string, the SDK absent"),
		Entry("an input of a function", `"inputs": {"properties": {"name"`, `"inputs": {"properties": {"title"`,
			"aws:index/getThing:getThing inputs.title: the provider has string, the SDK absent"),
		Entry("an output of a function", `"id": {"type": "string"}`, `"key": {"type": "string"}`,
			"aws:index/getThing:getThing outputs.key: the provider has string, the SDK absent"),
	)

	It("should take a union on both sides for the same", func() {
		union := strings.Replace(schemaSource, `"policy": {"type": "string"}`,
			`"policy": {"oneOf": [{"type": "string"}, {"type": "integer"}]}`, 1)
		Expect(check(union, moduleSource)).To(BeEmpty())
	})

	DescribeTable("should report what it can't compare, by its token",
		func(schemaText, moduleText, message string) {
			_, err := check(schemaText, moduleText)
			Expect(err).To(MatchError(And(ContainSubstring("aws:cfg/rule:Rule"), ContainSubstring(message))))
		},
		Entry("a type that the SDK does not have", schemaSource,
			strings.Replace(moduleSource, "type ruleArgs", "type otherArgs", 1), "the SDK has no such type"),
		Entry("a kind of the schema that is unknown", strings.Replace(schemaSource, `"ratio": {"type": "number"}`,
			`"ratio": {"type": "complex"}`, 1), moduleSource, `type "complex" is unknown`),
		Entry("a reference that leads nowhere", strings.Replace(schemaSource, `{"$ref": "pulumi.json#/Asset"}`,
			`{"$ref": "#/types/none"}`, 1), moduleSource, "leads nowhere"),
		Entry("a Go type that is unknown", schemaSource,
			strings.Replace(moduleSource, "pulumi.Archive ", "pulumi.Other ", 1), "the SDK's type Other is unknown"),
		Entry("a kind of Go type that is unknown", schemaSource,
			strings.Replace(moduleSource, "*float64", "chan int", 1), "ChanType is unknown"),
		Entry("source that is no Go", schemaSource, "no Go at all", "parsing the SDK"),
	)

	It("should report a module that the SDK does not have", func() {
		schema, err := sdkcheck.ParseSchema([]byte(strings.ReplaceAll(schemaSource, "aws:cfg/rule:Rule", "aws:s3/rule:Rule")))
		Expect(err).NotTo(HaveOccurred())
		_, err = sdkcheck.Check(schema, sdkOf(sdkSource, moduleSource))
		Expect(err).To(MatchError(fs.ErrNotExist))
	})
})

var _ = Describe("Parsing a schema", func() {
	DescribeTable("should refuse",
		func(text string) {
			_, err := sdkcheck.ParseSchema([]byte(text))
			Expect(err).To(MatchError(ContainSubstring("parsing the provider's schema")))
		},
		Entry("what is no JSON", "port 1234"),
		Entry("a schema without resources", `{"name":"aws"}`),
	)
})
