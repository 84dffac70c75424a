package telemetry

import (
	"encoding/json"
	"strings"
	"time"
)

// Limits of the embedded metric format.
const (
	maxDimensions = 30
	maxMetrics    = 100
	maxValues     = 100
)

// document is a line in the embedded metric format.
type document struct {
	Metadata *struct {
		Timestamp  float64
		Directives []directive `json:"CloudWatchMetrics"`
	} `json:"_aws"`
}

// directive says which members of a document are metrics.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []struct {
		Name              string
		Unit              string
		StorageResolution int
	}
}

// Embedded reads the metrics off a line in the embedded metric format, by namespace. A line in no such format has
// none. What is wrong in one, CloudWatch leaves out without a word, and so does this.
func Embedded(line string) map[string][]Datum {
	if !strings.HasPrefix(line, "{") || !strings.Contains(line, `"_aws"`) {
		return nil
	}
	var read document
	var members map[string]any
	if json.Unmarshal([]byte(line), &read) != nil || json.Unmarshal([]byte(line), &members) != nil || read.Metadata == nil {
		return nil
	}
	at := time.UnixMilli(int64(read.Metadata.Timestamp))
	found := map[string][]Datum{}
	for _, d := range read.Metadata.Directives {
		if d.Namespace != "" && len(d.Metrics) <= maxMetrics {
			found[d.Namespace] = append(found[d.Namespace], d.data(members, at)...)
		}
	}
	return found
}

// data are the metrics that a directive names, once for each set of dimensions.
func (d directive) data(members map[string]any, at time.Time) []Datum {
	var all []Datum
	for _, set := range d.Dimensions {
		dimensions, whole := dimensionsOf(set, members)
		if !whole {
			continue
		}
		for _, metric := range d.Metrics {
			values := numbers(members[metric.Name])
			if metric.Name == "" || len(values) == 0 || len(values) > maxValues {
				continue
			}
			all = append(all, Datum{
				Name: metric.Name, Unit: unit(metric.Unit), Dimensions: dimensions, Values: values, At: at,
				Resolution: metric.StorageResolution,
			})
		}
	}
	return all
}

// dimensionsOf looks up a set of dimensions, all of which must be texts in the document.
func dimensionsOf(set []string, members map[string]any) ([]Dimension, bool) {
	if len(set) > maxDimensions {
		return nil, false
	}
	dimensions := make([]Dimension, 0, len(set))
	for _, name := range set {
		value, isText := members[name].(string)
		if !isText || value == "" {
			return nil, false
		}
		dimensions = append(dimensions, Dimension{Name: name, Value: value})
	}
	return dimensions, true
}

// numbers are the values of a metric: a number, or an array of nothing but numbers.
func numbers(value any) []float64 {
	switch value := value.(type) {
	case float64:
		return []float64{value}
	case []any:
		values := make([]float64, 0, len(value))
		for _, element := range value {
			number, isNumber := element.(float64)
			if !isNumber {
				return nil
			}
			values = append(values, number)
		}
		return values
	}
	return nil
}

// unit is a metric's unit; one that is not given is None.
func unit(given string) string {
	if given == "" {
		return "None"
	}
	return given
}
