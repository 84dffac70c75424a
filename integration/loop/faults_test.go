package loop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// fault is an order for faults.
type fault struct {
	Service string  `json:"service"`
	Caller  string  `json:"caller"`
	Kind    string  `json:"kind"`
	Rate    float64 `json:"rate"`
	Seed    uint64  `json:"seed"`
	After   bool    `json:"after,omitempty"`
	Latency string  `json:"latency,omitempty"`
}

// troublesome are specs that mostly wait. Who is in a hurry leaves them out: -ginkgo.label-filter='!trouble'.
var troublesome = Label("trouble")

// strike orders faults, which the spec's end takes back at the latest.
func strike(ctx context.Context, orders ...fault) {
	GinkgoHelper()
	own(ctx, http.MethodPost, "faults", orders, nil)
	DeferCleanup(relent)
}

func relent(ctx context.Context) {
	GinkgoHelper()
	own(ctx, http.MethodDelete, "faults", nil, nil)
}

// troubles are what befalls the functions: of the calls of each of their services, a part is struck.
var troubles = []fault{
	{Kind: "throttle"},
	{Kind: "5xx"},
	{Kind: "5xx", After: true},
	{Kind: "reset"},
	{Kind: "reset", After: true},
	{Kind: "latency", Latency: "300ms"},
	{Kind: "truncation"},
}

// struckRate is how many of the calls are struck.
const struckRate = 0.3

// besiege has a trouble befall all functions, until relent.
func besiege(ctx context.Context, trouble fault) {
	GinkgoHelper()
	var orders []fault
	for seed, function := range names.Functions() {
		trouble.Caller, trouble.Rate, trouble.Seed = full(function), struckRate, uint64(seed)
		orders = append(orders, trouble)
	}
	strike(ctx, orders...)
}

// kill ends what runs of the functions, again and again at random moments, until it is told to stop.
func kill(ctx context.Context) (stop func()) {
	const longest = 150 * time.Millisecond
	halt := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		defer GinkgoRecover()
		for {
			select {
			case <-halt:
				return
			case <-time.After(rand.N(longest)):
				own(ctx, http.MethodDelete, "environments", nil, nil)
			}
		}
	})
	stop = sync.OnceFunc(func() {
		close(halt)
		killer.Wait()
	})
	DeferCleanup(stop)
	return stop
}

// patient are resources that are broken while the functions have troubles, and the rules that are enforced on them.
type patient struct {
	thing
	rules []string
}

// breakSome breaks resources of several services, and waits until AWS Config has found that.
func breakSome(ctx context.Context) []patient {
	GinkgoHelper()
	some := []patient{
		{thing{bucketType, newBucket(ctx)}, []string{"s3-encryption", "s3-public-access-block", "s3-versioning", "s3-tls-only"}},
		{thing{groupType, newGroup(portSSH)(ctx)}, []string{"restricted-ssh"}},
		{thing{instanceType, newInstance(ec2types.InstanceTypeT3Micro, ec2types.HttpTokensStateOptional)(ctx)}, []string{"ec2-imdsv2"}},
		{thing{databaseType, newDatabase(0, false)(ctx)}, []string{"rds-backup-retention"}},
	}
	for _, it := range some {
		for _, rule := range it.rules {
			Eventually(func() []string { return evaluations(ctx, rule, it.thing) }).Should(ContainElement(nonCompliant))
		}
	}
	return some
}

// pass hands the aggregator and the remediator the schedule's event, and lets Lambda's retries come.
func pass(ctx context.Context) {
	GinkgoHelper()
	queue(ctx, names.Aggregator, schedule)
	queue(ctx, names.Remediator, schedule)
	advance(ctx, time.Minute)
}

// hurry gives all functions less time, until the spec ends: what a killed one has claimed is free when its time is over.
func hurry(ctx context.Context) {
	GinkgoHelper()
	const seconds = 15
	for _, function := range names.Functions() {
		reconfigure(ctx, function, func(configuration *lambda.UpdateFunctionConfigurationInput) {
			configuration.Timeout = aws.Int32(seconds)
		})
	}
}

var _ = Describe("What befalls the functions", troublesome, func() {
	It("should delay what is done, and not lose or halve it: faults of each kind in each service", func(ctx SpecContext) {
		hurry(ctx)
		before := keys(ctx, names.ReportsPrefix)
		var broken []patient
		for _, trouble := range troubles {
			By(fmt.Sprintf("striking with %+v", trouble))
			besiege(ctx, trouble)
			broken = append(broken, breakSome(ctx)...)
			pass(ctx)
			var struck []struct{ Struck int }
			own(ctx, http.MethodGet, "faults", nil, &struck)
			Expect(struck).To(HaveEach(HaveField("Struck", BeNumerically(">", 0))), "%+v", trouble)
			relent(ctx)
		}
		recovered(ctx, broken, before)
	})

	It("should delay what is done, and not lose or halve it: their end at any moment", func(ctx SpecContext) {
		hurry(ctx)
		before := keys(ctx, names.ReportsPrefix)
		stop := kill(ctx)
		broken := breakSome(ctx)
		pass(ctx)
		stop()
		Expect(crashes(ctx)).NotTo(BeZero())
		recovered(ctx, broken, before)
	})
})

// crashes is how many tries of functions have ended with their process.
func crashes(ctx context.Context) int {
	GinkgoHelper()
	var all []struct{ Outcome string }
	own(ctx, http.MethodGet, "invocations", nil, &all)
	count := 0
	for _, one := range all {
		if one.Outcome == "error" {
			count++
		}
	}
	return count
}

// recovered waits until all is as if there had been no trouble, and requires that nothing was done by halves. An operator
// brings back what Lambda has given up, and the schedule comes again.
func recovered(ctx context.Context, broken []patient, before map[string]string) {
	GinkgoHelper()
	release(ctx, broken)
	for _, function := range names.Functions() {
		for _, event := range taken(ctx, function) {
			queue(ctx, function, event)
		}
	}
	began := now(ctx)
	advance(ctx, names.ScheduleHours*time.Hour)

	By("having done everything, once")
	for _, it := range broken {
		for _, rule := range it.rules {
			fixed(ctx, rule, it.thing)
			events := records(ctx, names.EventsPrefix, rule, it.thing)
			Expect(events).To(ContainElement(HaveField("Compliance", nonCompliant)))
			Expect(events).To(HaveEach(HaveField("Notification.Delivery", BeElementOf("sent", "summarised"))))
		}
	}
	checkReport(ctx, began)

	By("having called no report complete that was not")
	for key, etag := range keys(ctx, names.ReportsPrefix) {
		if _, old := before[key]; old || !strings.HasSuffix(key, names.ReportSummary) {
			continue
		}
		var report summary
		Expect(json.Unmarshal(content(ctx, key, etag), &report)).To(Succeed())
		Expect(report.Complete).To(Equal(len(report.Missing) == 0), key)
		if report.Complete {
			Expect(report.Rules).To(HaveEach(HaveField("Complete", true)), key)
		}
	}
}

// release waits until no invocation can be at work any more on what one has claimed that was killed.
func release(ctx context.Context, broken []patient) {
	GinkgoHelper()
	var last time.Time
	for _, it := range broken {
		for _, rule := range it.rules {
			for _, one := range slices.Concat(
				records(ctx, names.EventsPrefix, rule, it.thing), records(ctx, names.RemediationsPrefix, rule, it.thing),
			) {
				if until := one.claimedUntil(); until.After(last) {
					last = until
				}
			}
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(last)):
	}
}

// fixed waits until a resource is compliant with a rule, and all records of it are settled, each with the state before what
// it changed.
func fixed(ctx context.Context, rule string, it thing) {
	GinkgoHelper()
	becomes(ctx, rule, false, it, compliant)
	Eventually(ctx, func(g Gomega) {
		all := records(ctx, names.RemediationsPrefix, rule, it)
		g.Expect(all).NotTo(BeEmpty())
		for _, one := range all {
			g.Expect(one.Outcome).To(BeElementOf("verified", "already-compliant"), "%s: %s", one.key, one.Why)
			g.Expect(one.Attempted && len(one.Before) == 0).To(BeFalse(), "%s lacks the state before", one.key)
		}
	}).Should(Succeed())
}
