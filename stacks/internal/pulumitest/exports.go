package pulumitest

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Exports are what a layer with these plain values exports, for a layer that reads it: members of Values are copied to
// those of Layer, which holds the same as outputs.
func Exports[Values, Layer any](values Values, export func(*pulumi.Context, *Layer)) (map[string]any, error) {
	recording, err := Run(func(ctx *pulumi.Context) error {
		var layer Layer
		from, to := reflect.ValueOf(values), reflect.ValueOf(&layer).Elem()
		for i := range from.NumField() {
			switch value := from.Field(i).Interface().(type) {
			case string:
				to.Field(i).Set(reflect.ValueOf(pulumi.String(value).ToStringOutput()))
			case map[string]string:
				to.Field(i).Set(reflect.ValueOf(pulumi.ToStringMap(value).ToStringMapOutput()))
			}
		}
		export(ctx, &layer)
		return nil
	}, Options{})
	if err != nil {
		return nil, err
	}
	return recording.Exports, nil
}
