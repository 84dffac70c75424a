package telemetry

import (
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// embedding is a line with one directive and the given members.
func embedding(directive, members string) string {
	return `{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[` + directive + `]},` + members + `}`
}

var _ = Describe("Metrics embedded in a line", func() {
	at := time.UnixMilli(1574109732004)
	const one = `{"Namespace":"N","Dimensions":[["d"]],"Metrics":[{"Name":"m","Unit":"Count","StorageResolution":1}]}`
	datum := func(dimensions []Dimension, values ...float64) Datum {
		return Datum{Name: "m", Unit: "Count", Dimensions: dimensions, Values: values, At: at, Resolution: 1}
	}
	d := []Dimension{{"d", "v"}}

	DescribeTable("should be read",
		func(line string, expected map[string][]Datum) { Expect(Embedded(line)).To(Equal(expected)) },
		Entry("with one value", embedding(one, `"d":"v","m":1.5`), map[string][]Datum{"N": {datum(d, 1.5)}}),
		Entry("with several values", embedding(one, `"d":"v","m":[1,2]`), map[string][]Datum{"N": {datum(d, 1, 2)}}),
		Entry("in several namespaces", embedding(one+","+strings.Replace(one, `"N"`, `"M"`, 1), `"d":"v","m":1`),
			map[string][]Datum{"N": {datum(d, 1)}, "M": {datum(d, 1)}}),
		Entry("under several sets of dimensions", embedding(strings.Replace(one, `[["d"]]`, `[["d"],[]]`, 1), `"d":"v","m":1`),
			map[string][]Datum{"N": {datum(d, 1), datum([]Dimension{}, 1)}}),
		Entry("without a unit", embedding(`{"Namespace":"N","Dimensions":[[]],"Metrics":[{"Name":"m"}]}`, `"m":1`),
			map[string][]Datum{"N": {{Name: "m", Unit: "None", Dimensions: []Dimension{}, Values: []float64{1}, At: at}}}),
	)

	DescribeTable("should be left out",
		func(line string) {
			for _, data := range Embedded(line) {
				Expect(data).To(BeEmpty())
			}
		},
		Entry("of a text", `_aws`),
		Entry("of broken JSON", embedding(one, `"d":"v","m":1`)[1:]),
		Entry("of other JSON", `{"m":1,"d":"\"_aws\""}`),
		Entry("of no metadata", `{"_aws":null}`),
		Entry("when the value is a text", embedding(one, `"d":"v","m":"1"`)),
		Entry("when one value is a text", embedding(one, `"d":"v","m":[1,"2"]`)),
		Entry("when there is no value", embedding(one, `"d":"v"`)),
		Entry("when there are too many values", embedding(one, `"d":"v","m":[`+strings.TrimSuffix(strings.Repeat("1,", 101), ",")+`]`)),
		Entry("when a dimension is missing", embedding(one, `"m":1`)),
		Entry("when a dimension is a number", embedding(one, `"d":1,"m":1`)),
		Entry("when a dimension is empty", embedding(one, `"d":"","m":1`)),
		Entry("when there are too many dimensions", embedding(strings.Replace(one, `["d"]`, `[`+strings.Repeat(`"d",`, 30)+`"d"]`, 1), `"d":"v","m":1`)),
		Entry("without a namespace", embedding(strings.Replace(one, `"N"`, `""`, 1), `"d":"v","m":1`)),
		Entry("when there are too many metrics", embedding(`{"Namespace":"N","Dimensions":[[]],"Metrics":[`+strings.Repeat(`{"Name":"m"},`, 100)+`{"Name":"m"}]}`, `"m":1`)),
	)
})

func FuzzEmbedded(f *testing.F) {
	for _, seed := range []string{
		"", "text", `{"_aws":{}}`, `{"_aws":{"Timestamp":1e300,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[[]],"Metrics":[{"Name":"m"}]}]},"m":1}`,
		embedding(`{"Namespace":"N","Dimensions":[["d"],[]],"Metrics":[{"Name":"m","Unit":"Count"}]}`, `"d":"v","m":[1,2]`),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for namespace, data := range Embedded(line) {
			for _, d := range data {
				if namespace == "" || d.Name == "" || d.Unit == "" || len(d.Values) == 0 || len(d.Values) > maxValues || len(d.Dimensions) > maxDimensions {
					t.Fatalf("%q gives %q %+v", line, namespace, d)
				}
			}
		}
	})
}
