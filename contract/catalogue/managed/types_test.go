package managed_test

import (
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/managed"
)

var _ = Describe("The values of parameters", func() {
	DescribeTable("that are of the type", func(kind managed.Type, values ...string) {
		for _, value := range values {
			Expect(kind.Accepts(value)).To(BeTrue(), value)
		}
	},
		Entry("should be texts", managed.String, "a", "two words", "0"),
		Entry("should be whole numbers", managed.Int, "0", "90", "-1"),
		Entry("should be numbers", managed.Double, "0", "-1", "72.5"),
		Entry("should be either truth value in any case", managed.Boolean, "true", "false", "True", "FALSE"),
		Entry("should be lists, also of one item and with spaces", managed.CSV, "a", "a,b", "t3.micro, t3.small"),
		Entry("should be maps as AWS's pages write them", managed.StringMap, "key:value,other-key", "key", `{"oracle":"audit"}`, ` {"a":"b"}`),
	)

	DescribeTable("that are not of the type", func(kind managed.Type, expected string, values ...string) {
		for _, value := range append(values, "", " ") {
			Expect(kind.Accepts(value)).To(BeFalse(), value)
		}
		Expect(kind.Describe()).To(Equal(expected))
	},
		Entry("should be told what a text is", managed.String, "a text that is not blank", "\t"),
		Entry("should be told what a whole number is", managed.Int, "a whole number",
			"seven", "7.5", "1e3", "+7", "0x10", "7 ", "99999999999999999999", "-"),
		Entry("should be told what a number is", managed.Double, "a number",
			"half", "1,5", "Inf", "NaN", "0x1p4", "+1", "1.2.3"),
		Entry("should be told what a truth value is", managed.Boolean, "true or false", "yes", "1", "truefalse"),
		Entry("should be told what a list is", managed.CSV, "a comma-separated list without empty items",
			",", "a,", ",a", "a,,b", "a, ,b"),
		Entry("should be told what a map is", managed.StringMap,
			"a comma-separated list of keys or key:value pairs, or a JSON object of strings",
			":v", "a:b,", "{}", `{"a":1}`, `{"a":"b"`, `{"a":"b"} more`),
	)
})

// FuzzAccepts checks what must hold for every value that a type accepts: AWS can take it.
func FuzzAccepts(f *testing.F) {
	for _, value := range []string{
		"", " ", "7", "-7", "7.5", "1e999", "true", "TRUE", "a,b", "a,,b", "key:value", ":", `{"a":"b"}`, "{", "\x00",
	} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		blank := strings.TrimSpace(value) == ""
		for _, kind := range []managed.Type{
			managed.String, managed.Int, managed.Double, managed.Boolean, managed.CSV, managed.StringMap,
		} {
			if blank && kind.Accepts(value) {
				t.Fatalf("%s accepts the blank value %q, which AWS refuses", kind, value)
			}
		}
		if managed.Int.Accepts(value) {
			if _, err := strconv.Atoi(value); err != nil || !managed.Double.Accepts(value) {
				t.Fatalf("int accepts %q, which is no number", value)
			}
		}
		if managed.Boolean.Accepts(value) && value != strings.TrimSpace(value) {
			t.Fatalf("boolean accepts the spaces of %q", value)
		}
		if managed.CSV.Accepts(value) && (strings.HasPrefix(value, ",") || strings.Contains(value, ",,")) {
			t.Fatalf("CSV accepts the empty item of %q", value)
		}
		if !blank && !managed.String.Accepts(value) {
			t.Fatalf("String refuses the text %q", value)
		}
	})
}
