package outputs

import (
	"reflect"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// members are the addresses of a struct's members.
func members(values any) []any {
	value := reflect.ValueOf(values).Elem()
	addresses := make([]any, 0, value.NumField())
	for i := range value.NumField() {
		addresses = append(addresses, value.Field(i).Addr().Interface())
	}
	return addresses
}

// held are the members that the fields hold.
func held[S, M any](fields []field[S, M]) []any {
	var addresses []any
	for _, f := range fields {
		if f.text != nil {
			addresses = append(addresses, f.text)
		}
		if f.texts != nil {
			addresses = append(addresses, f.texts)
		}
	}
	return addresses
}

var _ = Describe("The outputs of a layer", func() {
	foundation, configRules := new(Foundation), new(ConfigRules)
	functions, observability := new(Functions), new(Observability)

	DescribeTable("should have one field for each member of its struct, and no other",
		func(values any, fields []field[text, texts]) {
			Expect(held(fields)).To(HaveLen(len(fields)))
			Expect(held(fields)).To(ConsistOf(identical(members(values))...))
		},
		Entry("foundation", foundation, foundation.fields()),
		Entry("config-rules", configRules, configRules.fields()),
		Entry("functions", functions, functions.fields()),
		Entry("observability", observability, observability.fields()),
	)

	DescribeTable("should describe each output once, under a key that starts like a Go variable",
		func(descriptions []Description, count int) {
			Expect(descriptions).To(HaveLen(count))
			seen := map[string]bool{}
			for _, d := range descriptions {
				Expect(d.Key).To(MatchRegexp(`^[a-z][A-Za-z]*$`))
				Expect(d.Text).To(MatchRegexp(`^[A-Z].*[^.]$`), d.Key)
				Expect(seen).NotTo(HaveKey(d.Key))
				seen[d.Key] = true
			}
		},
		Entry("foundation", DescribeFoundation(), len(members(foundation))),
		Entry("config-rules", DescribeConfigRules(), len(members(configRules))),
		Entry("functions", DescribeFunctions(), len(members(functions))),
		Entry("observability", DescribeObservability(), len(members(observability))),
	)

	It("should belong to the Pulumi project that is named after the layer", func() {
		Expect(Project(LayerFoundation)).To(Equal("compliance-monitor-foundation"))
		Expect(Project(LayerConfigRules)).To(Equal("compliance-monitor-config-rules"))
	})
})

// identical are matchers of the very same addresses; equality of what they point to is not enough.
func identical(addresses []any) []any {
	matchers := make([]any, 0, len(addresses))
	for _, address := range addresses {
		matchers = append(matchers, BeIdenticalTo(address))
	}
	return matchers
}
