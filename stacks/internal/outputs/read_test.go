package outputs

import (
	"errors"
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
)

// passage is the way of a layer's values from the layer to a later one.
type passage struct {
	layer  string
	kinds  map[string]bool // key → whether it holds a map
	export func(ctx *pulumi.Context, values map[string]any)
	read   func(ctx *pulumi.Context) (map[string]any, error)
}

func passages() []passage {
	return []passage{
		{
			LayerFoundation, kinds(new(Foundation).fields()),
			func(ctx *pulumi.Context, values map[string]any) {
				f := new(Foundation)
				hold(f.fields(), values)
				ExportFoundation(ctx, f)
			},
			func(ctx *pulumi.Context) (map[string]any, error) {
				f, err := ReadFoundation(ctx)
				return contents(f.fields()), err
			},
		},
		{
			LayerConfigRules, kinds(new(ConfigRules).fields()),
			func(ctx *pulumi.Context, values map[string]any) {
				c := new(ConfigRules)
				hold(c.fields(), values)
				ExportConfigRules(ctx, c)
			},
			func(ctx *pulumi.Context) (map[string]any, error) {
				c, err := ReadConfigRules(ctx)
				return contents(c.fields()), err
			},
		},
		{
			LayerFunctions, kinds(new(Functions).fields()),
			func(ctx *pulumi.Context, values map[string]any) {
				f := new(Functions)
				hold(f.fields(), values)
				ExportFunctions(ctx, f)
			},
			func(ctx *pulumi.Context) (map[string]any, error) {
				f, err := ReadFunctions(ctx)
				return contents(f.fields()), err
			},
		},
	}
}

func kinds(fields []field[text, texts]) map[string]bool {
	all := map[string]bool{}
	for _, f := range fields {
		all[f.key] = f.texts != nil
	}
	return all
}

// hold puts plain values into the fields of a layer that is being deployed.
func hold(fields []field[text, texts], values map[string]any) {
	for _, f := range fields {
		if f.texts != nil {
			*f.texts = pulumi.ToStringMap(values[f.key].(map[string]string)).ToStringMapOutput()
		} else {
			*f.text = pulumi.String(values[f.key].(string)).ToStringOutput()
		}
	}
}

// contents are what the fields hold after they were read.
func contents(fields []field[string, map[string]string]) map[string]any {
	values := map[string]any{}
	for _, f := range fields {
		if f.texts != nil {
			values[f.key] = *f.texts
		} else {
			values[f.key] = *f.text
		}
	}
	return values
}

// draw makes up values of a layer.
func draw(t *rapid.T, kinds map[string]bool) map[string]any {
	values := map[string]any{}
	for key, isMap := range kinds {
		if isMap {
			values[key] = rapid.MapOf(rapid.String(), rapid.String()).Draw(t, key)
		} else {
			values[key] = rapid.String().Draw(t, key)
		}
	}
	return values
}

// exported runs a layer that hands on the values, and returns the outputs of its stack.
func (p passage) exported(values map[string]any) (map[string]any, error) {
	recording, err := pulumitest.Run(func(ctx *pulumi.Context) error {
		p.export(ctx, values)
		return nil
	}, pulumitest.Options{Project: Project(p.layer)})
	return recording.Exports, err
}

// readFrom runs a later layer on top of a stack with the outputs; nil is a stack that has not been deployed.
func (p passage) readFrom(outputs map[string]any) (map[string]any, error) {
	references := map[string]map[string]any{}
	if outputs != nil {
		references[pulumitest.Reference(Project(p.layer), pulumitest.DefaultStack)] = outputs
	}
	var values map[string]any
	_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
		var err error
		values, err = p.read(ctx)
		return err
	}, pulumitest.Options{Project: "a-later-layer", References: references})
	return values, err
}

var _ = Describe("Values that a layer hands on", func() {
	for _, p := range passages() {
		Context("from "+p.layer, func() {
			It("should arrive as they were", func() {
				rapid.Check(GinkgoT(), func(t *rapid.T) {
					g := NewWithT(t)
					given := draw(t, p.kinds)
					outputs, err := p.exported(given)
					g.Expect(err).NotTo(HaveOccurred())
					g.Expect(p.readFrom(outputs)).To(Equal(given))
				})
			})

			It("should be missing, each by its name, where the layer was deployed before it had them", func() {
				outputs, err := p.exported(rapid.Custom(func(t *rapid.T) map[string]any { return draw(t, p.kinds) }).Example(1))
				Expect(err).NotTo(HaveOccurred())
				for key := range p.kinds {
					older := maps.Clone(outputs)
					delete(older, key)
					_, err := p.readFrom(older)
					Expect(err).To(MatchError(&MissingError{Layer: p.layer, Stack: "local", Keys: []string{key}}))
				}
			})

			It("should be missing altogether where the layer was destroyed", func() {
				_, err := p.readFrom(map[string]any{})
				Expect(err).To(MatchError(&MissingError{Layer: p.layer, Stack: "local"}))
			})

			It("should be missing altogether, with the cause, where the layer was never deployed", func() {
				_, err := p.readFrom(nil)
				var missing *MissingError
				Expect(errors.As(err, &missing)).To(BeTrue())
				Expect(missing.Keys).To(BeEmpty())
				Expect(missing.Cause).To(MatchError(ContainSubstring("unknown stack")))
			})
		})
	}

	It("should be exported by the last layer too, which people and tests read", func() {
		p := passage{
			layer: LayerObservability, kinds: kinds(new(Observability).fields()),
			export: func(ctx *pulumi.Context, values map[string]any) {
				o := new(Observability)
				hold(o.fields(), values)
				ExportObservability(ctx, o)
			},
		}
		Expect(p.exported(map[string]any{
			"dashboardName": "d", "dashboardArn": "arn", "dashboardUrl": "https://d",
			"alarmNames": map[string]string{"age": "p-age"}, "alarmArns": map[string]string{"age": "arn:age"},
		})).To(Equal(map[string]any{
			"dashboardName": "d", "dashboardArn": "arn", "dashboardUrl": "https://d",
			"alarmNames": map[string]any{"age": "p-age"}, "alarmArns": map[string]any{"age": "arn:age"},
		}))
	})

	It("should be missing where the stack reference can't even be made", func() {
		_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			_, err := ReadFoundation(ctx)
			return err
		}, pulumitest.Options{FailAt: "pulumi:pulumi:StackReference organization/compliance-monitor-foundation/local"})
		Expect(err).To(MatchError(HavePrefix("layer foundation of stack local has not been deployed")))
		Expect(errors.Unwrap(err)).To(MatchError(ContainSubstring(pulumitest.Refused)))
	})

	DescribeTable("should be missing where they are of another kind",
		func(key string, value any) {
			p := passages()[0]
			outputs, err := p.exported(rapid.Custom(func(t *rapid.T) map[string]any { return draw(t, p.kinds) }).Example(1))
			Expect(err).NotTo(HaveOccurred())
			outputs[key] = value
			_, err = p.readFrom(outputs)
			Expect(err).To(MatchError(&MissingError{Layer: LayerFoundation, Stack: "local", Keys: []string{key}}))
		},
		Entry("a map in place of a text", "keyArn", map[string]any{"a": "b"}),
		Entry("a text in place of a map", "tags", "a=b"),
		Entry("a number", "accountId", 111122223333.0),
		Entry("a list", "tags", []any{"a"}),
	)
})

var _ = Describe("A missing layer's error", func() {
	DescribeTable("should say what is missing and what to do",
		func(missing *MissingError, sentence string) {
			Expect(missing).To(MatchError(sentence))
		},
		Entry("when the layer was never deployed",
			&MissingError{Layer: LayerFoundation, Stack: "local", Cause: errors.New("unknown stack")},
			"layer foundation of stack local has not been deployed: "+
				"deploy it first, with 'go tool task deploy-foundation STACK=local'"),
		Entry("when the deployed layer is older than its reader",
			&MissingError{Layer: LayerConfigRules, Stack: "prod", Keys: []string{"ruleArns", "ruleNames"}},
			"layer config-rules of stack prod lacks ruleArns, ruleNames: "+
				"deploy it first, with 'go tool task deploy-config-rules STACK=prod'"),
	)
})
