package eventpattern

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

var _ = Describe("A pattern", func() {
	It("should say where it is wrong, as EventBridge does", func() {
		_, err := Compile("{\n \"source\": []}")
		Expect(err).To(MatchError("Event pattern is not valid. Reason: Empty arrays are not allowed\n" +
			" at [Source: (String)\"{\n \"source\": []}\"; line: 2, column: 14]"))
	})

	DescribeTable("should be refused",
		func(pattern, expected string) {
			_, err := Compile(pattern)
			Expect(reason(err)).To(ContainSubstring(expected))
		},
		Entry("when it is too long", `{"a":["`+strings.Repeat("é", MaxLength)+`"]}`, "has 2058 characters; 2048 are allowed"),
		Entry("when something follows it", `{"a":["b"]} x`, "invalid character 'x' after top-level value"),
		Entry("when it ends early", `{"a":["b"]`, "unexpected end of JSON input"),
		Entry("when its alternatives make too many combinations", `{`+combinations(11)+`"z":["z"]}`, "more than 1000 combinations"),
		Entry("when its wildcards cost too much", `{"a":[{"wildcard":"*/x/*.a"},{"wildcard":"*/x/*.b"},{"wildcard":"*/x/*.c"},{"wildcard":"*/x/*.d"}]}`,
			"Rule is too complex"),
		Entry("when what may not be is nothing", `{"a":[{"anything-but":{"prefix":[]}}]}`, emptyList),
	)

	It("should take as many characters as EventBridge does, and a filter policy more", func() {
		pattern := `{"a":["` + strings.Repeat("é", MaxLength-10) + `"]}`
		Expect(Compile(pattern)).Error().NotTo(HaveOccurred())
		Expect(CompileUnlimited(pattern + strings.Repeat(" ", 100))).Error().NotTo(HaveOccurred())
	})

	DescribeTable("should not be tried on what is no event",
		func(event string) {
			pattern, err := Compile(`{"a":[{"exists":false}]}`)
			Expect(err).NotTo(HaveOccurred())
			_, err = pattern.Matches([]byte(event))
			Expect(err).To(MatchError(ErrNotAnObject))
		},
		Entry("an array", `[]`), Entry("null", `null`), Entry("nothing", ``), Entry("two objects", `{} {}`), Entry("broken JSON", `{"a":`),
	)

	DescribeTable("should never take a number for an address, which AWS's engine does at times",
		func(value string, matches bool) {
			pattern, err := Compile(`{"a":[{"cidr":"0.0.0.0/0"}]}`)
			Expect(err).NotTo(HaveOccurred())
			Expect(pattern.Matches([]byte(`{"a":` + value + `}`))).To(Equal(matches))
		},
		Entry("a number", `1.0`, false), Entry("an address", `"1.0.0.0"`, true), Entry("an address with a leading zero", `"01.0.0.0"`, false),
	)
})

// combinations are names with two alternatives each.
func combinations(count int) string {
	var text strings.Builder
	for i := range count {
		name := string(rune('a' + i))
		text.WriteString(`"` + name + `":{"$or":[{"x":["y"]},{"z":["y"]}]},`)
	}
	return text.String()
}

func TestAnythingButIsTheOppositeForValuesThatAreThere(t *testing.T) {
	text := rapid.StringMatching(`[abAB*]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		operator := rapid.SampledFrom([]string{"prefix", "suffix", "equals-ignore-case"}).Draw(t, "operator")
		operand, value := text.Filter(func(s string) bool { return s != "" }).Draw(t, "operand"), text.Draw(t, "value")
		expression := `{"` + operator + `":"` + operand + `"}`
		event := []byte(`{"a":"` + value + `"}`)
		matches := func(pattern string) bool {
			compiled, err := Compile(pattern)
			if err != nil {
				t.Fatal(err)
			}
			matches, err := compiled.Matches(event)
			if err != nil {
				t.Fatal(err)
			}
			return matches
		}
		if matches(`{"a":[`+expression+`]}`) == matches(`{"a":[{"anything-but":`+expression+`}]}`) {
			t.Fatalf("%s and what is anything but it agree about %q", expression, value)
		}
	})
}

// FuzzCompile looks for patterns and events that crash the engine, or that it can't decide about twice alike.
func FuzzCompile(f *testing.F) {
	for _, pattern := range []string{
		`{"a":["b",5,null,true]}`, `{"a":[{"prefix":{"equals-ignore-case":"b"}}]}`, `{"$or":[{"a":["b"]},{"c":[{"numeric":[">",1,"<=",2]}]}]}`,
		`{"a":[{"anything-but":{"wildcard":["*b","c*"]}}]}`, `{"a":[{"cidr":"10.0.0.0/8"}]}`, `{"a":[{"exists":false}]}`, `{"a"`, `{"a":{}}`,
	} {
		f.Add(pattern, `{"a":"b","c":[{"d":1.5e3},{"d":"10.0.0.1"}]}`)
	}
	f.Fuzz(func(t *testing.T, pattern, event string) {
		compiled, err := Compile(pattern)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("no reason")
			}
			return
		}
		first, err := compiled.Matches([]byte(event))
		if err != nil {
			return
		}
		if second, err := compiled.Matches([]byte(event)); err != nil || second != first {
			t.Fatalf("%t, and then %t (%v)", first, second, err)
		}
	})
}
