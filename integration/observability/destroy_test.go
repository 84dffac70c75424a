package observability_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/integration/internal/expect"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

var _ = Describe("Destroying the observability layer", Ordered, SpecPriority(-1), func() {
	before := []string{stage.Foundation, stage.ConfigRules, stage.Functions}

	// exported are the outputs of the layers before.
	exported := func(ctx SpecContext) map[string]stage.Outputs {
		GinkgoHelper()
		all := map[string]stage.Outputs{}
		for _, layer := range before {
			outputs, err := deployed.Outputs(ctx, layer)
			Expect(err).NotTo(HaveOccurred())
			Expect(outputs).NotTo(BeEmpty())
			all[layer] = outputs
		}
		return all
	}

	It("should leave no alarm, no dashboard, and everything else as it was", func(ctx SpecContext) {
		kept := exported(ctx)
		Expect(deployed.Destroy(ctx, stage.Observability)).To(expect.Changes(map[string]int{"delete": len(alarmNames) + 1}))
		Expect(alarms(ctx)).To(BeEmpty())
		Expect(listed(ctx, "dashboard")).To(BeEmpty())
		Expect(inventory(ctx)).To(ConsistOf(upstream))
		Expect(deployed.Outputs(ctx, stage.Observability)).To(BeEmpty())
		Expect(exported(ctx)).To(Equal(kept))
		Expect(deployed.Refresh(ctx, before...)).To(expect.NoChange())
	})

	It("should have nothing left to do the second time", func(ctx SpecContext) {
		Expect(deployed.Destroy(ctx, stage.Observability)).To(HaveExactElements(HaveField("Changed()", 0)))
		Expect(inventory(ctx)).To(ConsistOf(upstream))
	})

	It("should not keep the layer from being deployed again, whole", func(ctx SpecContext) {
		Expect(deployed.Up(ctx, deployed.Target, stage.Observability)).
			To(expect.Changes(map[string]int{"create": len(alarmNames) + 1}))
		expectAlarms(ctx, defaults)
		expectCharts(ctx, defaults.score)
		Expect(inventory(ctx)).To(ConsistOf(append(made(), upstream...)))
	})
})
