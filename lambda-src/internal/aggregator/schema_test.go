package aggregator_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"
)

// schemaFile is where the schema is published.
const schemaFile = "../../../docs/report-schema.json"

// schema is one definition of the published schema.
func schema(definition string) *jsonschema.Schema {
	GinkgoHelper()
	content, err := os.ReadFile(schemaFile)
	Expect(err).NotTo(HaveOccurred())
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	Expect(err).NotTo(HaveOccurred())
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	Expect(compiler.AddResource("report.json", document)).To(Succeed())
	compiled, err := compiler.Compile("report.json" + definition)
	Expect(err).NotTo(HaveOccurred())
	return compiled
}

func validate(against *jsonschema.Schema, document []byte) error {
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return against.Validate(instance)
}

// expectValid requires that all documents of the newest report are as the schema says.
func (w *world) expectValid() {
	GinkgoHelper()
	files := w.latest().Files
	Expect(validate(schema(""), w.objects[files.Summary].content)).To(Succeed())
	Expect(validate(schema("#/$defs/latest"), w.objects[latestKey].content)).To(Succeed())
	packed, err := gzip.NewReader(bytes.NewReader(w.objects[files.Results].content))
	Expect(err).NotTo(HaveOccurred())
	var lines bytes.Buffer
	_, err = lines.ReadFrom(packed)
	Expect(err).NotTo(HaveOccurred())
	result := schema("#/$defs/result")
	for line := range bytes.Lines(lines.Bytes()) {
		Expect(validate(result, line)).To(Succeed(), string(line))
	}
}

var _ = Describe("The schema of reports", func() {
	It("should describe what is written, first, second and incomplete", func() {
		w := usual()
		Expect(w.run("first")).To(Succeed())
		w.expectValid()
		w = second()
		w.failing["PAGE monitor-test-s3-tls 1"] = coded("AccessDeniedException")
		w.failing["GET config/exemptions.json"] = errAWS
		Expect(w.run("second")).To(Succeed())
		w.expectValid()
		Expect(w.summary().Missing).To(HaveLen(1))
		w = newWorld()
		Expect(w.run("empty")).To(Succeed())
		w.expectValid()
		w.clock = now.Add(time.Hour)
		w.failing["DescribeConfigRules"] = errAWS
		Expect(w.run("third")).NotTo(Succeed())
		w.clock = now.Add(9 * time.Hour)
		Expect(w.run("fourth")).NotTo(Succeed())
		w.expectValid()
		Expect(w.summary().Missing[0].Rule).To(Equal(report.AllRules))
	})

	It("should refuse what is not a report", func() {
		w := second()
		Expect(w.run("second")).To(Succeed())
		content := string(w.objects[w.latest().Files.Summary].content)
		for _, change := range [][2]string{
			{`"schemaVersion":2`, `"schemaVersion":1`},
			{`"complete":true`, `"complete":"yes"`},
			{`"score":50`, `"score":101`},
			{`"severity":"high"`, `"severity":"urgent"`},
			{`"missing":[]`, `"missing":[{"rule":"a"}]`},
			{`"prefix"`, `"prefixes"`},
			{`"startedAt":"2026`, `"startedAt":"26`},
			{`"count":1`, `"count":-1`},
			{`summary.json"`, `summary.xml"`},
		} {
			Expect(content).To(ContainSubstring(change[0]))
			Expect(validate(schema(""), []byte(strings.Replace(content, change[0], change[1], 1)))).NotTo(Succeed(), "%v", change)
		}
	})

	It("should describe every field, and say what version it is of", func() {
		content, err := os.ReadFile(schemaFile)
		Expect(err).NotTo(HaveOccurred())
		var document struct {
			Schema string                    `json:"$schema"`
			Title  string                    `json:"title"`
			Defs   map[string]map[string]any `json:"$defs"`
		}
		Expect(json.Unmarshal(content, &document)).To(Succeed())
		Expect(document.Schema).To(Equal("https://json-schema.org/draft/2020-12/schema"))
		Expect(document.Title).To(HaveSuffix(fmt.Sprint("schema version ", report.SchemaVersion)))
		for name, definition := range document.Defs {
			Expect(definition).To(HaveKeyWithValue("description", Not(BeEmpty())), name)
			Expect(definition).To(HaveKeyWithValue("additionalProperties", false), name)
		}
	})
})
