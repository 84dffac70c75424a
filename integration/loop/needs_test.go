package loop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// need is a statement of a function's role, and work of the function that can't be done without it. The work says what is
// wrong with what was done, or nothing.
type need struct {
	function, sid string
	work          func(ctx context.Context) string
}

// needs are all statements of the roles but those of remediations, which [breakages] are for, and of [idleStatements].
var needs = []need{
	{names.Processor, "KeepEvents", tellOfChange},
	{names.Processor, "TellOfViolations", tellOfChange},
	{names.Processor, "UseKey", tellOfChange},
	{names.Processor, "ShareFloods", tellOfSeveral},
	{names.Processor, "KeepFailedEvents", keepFailed(names.Processor, change("s3-access-logging", unused("needs")))},

	{names.Aggregator, "ListRules", report},
	{names.Aggregator, "ReadResults", report},
	{names.Aggregator, "ReadWhatIsReported", report},
	{names.Aggregator, "WriteReports", report},
	{names.Aggregator, "KeepState", report},
	{names.Aggregator, "ListState", report},
	{names.Aggregator, "TellOfChanges", report},
	{names.Aggregator, "UseKey", report},
	{names.Aggregator, "KeepFailedEvents", keepFailed(names.Aggregator, schedule)},

	{names.Remediator, "ReadExemptions", fix},
	{names.Remediator, "KeepRecords", fix},
	{names.Remediator, "TellMissingFromForbidden", fix},
	{names.Remediator, "TellOfRemediations", fix},
	{names.Remediator, "ReadResultsAndEvaluateAgain", fix},
	{names.Remediator, "UseKey", fix},
	{names.Remediator, "KeepFailedEvents", keepFailed(names.Remediator, schedule)},
}

// idleStatements are those that no work here needs, with the reason.
var idleStatements = map[string]string{
	"WriteLogs":  "Lambda itself writes functions' lines, on AWS with the role; the local one does without",
	"Trace":      "Lambda itself sends traces, which the local one does not make",
	"ListFloods": "the storm takes it away: only a flood's summary needs it",
}

var _ = Describe("A function without one of its permissions", func() {
	entries := []any{func(ctx SpecContext, one need) {
		restore := without(ctx, one.function, one.sid)
		Expect(one.work(ctx)).NotTo(BeEmpty(), "the work was done all the same")
		restore()
		Expect(one.work(ctx)).To(BeEmpty())
	}}
	for _, one := range needs {
		entries = append(entries, Entry(one.function+" without "+one.sid, one))
	}
	DescribeTable("should not get its work done, nor say so", entries...)

	It("should be tried for each statement of each role", func(ctx SpecContext) {
		tried := map[string]bool{}
		for _, one := range needs {
			tried[one.function+" "+one.sid] = true
		}
		for _, one := range breakages {
			for _, statement := range remediationOf(one.rule).Statements {
				tried[names.Remediator+" "+statement.Sid] = true
			}
		}
		for _, function := range names.Functions() {
			for _, permission := range permissions(ctx, function) {
				for _, sid := range permission.sids {
					Expect(tried[function+" "+sid] || idleStatements[sid] != "").To(BeTrue(), "no spec does without %s of the %s", sid, function)
				}
			}
		}
	})
})

// refusals are what a spec had refused by taking a permission away: how often, by function, action and resource.
var refusals = map[string]int{}

// without takes a statement from a function's role until restore is called, or the spec ends. It requires that something
// was refused meanwhile.
func without(ctx context.Context, function, sid string) (restore func()) {
	GinkgoHelper()
	policies := inlinePolicies(ctx, full(function))
	Expect(policies).To(HaveLen(1))
	policy := policies[0]
	whole := must(url.QueryUnescape(*policy.PolicyDocument))
	put := func(ctx context.Context, document string) {
		GinkgoHelper()
		ok(clients.IAM.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: policy.RoleName, PolicyName: policy.PolicyName, PolicyDocument: &document}))
	}
	before := refused(ctx, function)
	put(ctx, lacking(whole, sid))
	restore = sync.OnceFunc(func() {
		ctx := context.WithoutCancel(ctx)
		put(ctx, whole)
		added := 0
		for what, times := range refused(ctx, function) {
			refusals[what] += times - before[what]
			added += times - before[what]
		}
		Expect(added).NotTo(BeZero(), "nothing was refused to the %s for want of %s", function, sid)
	})
	DeferCleanup(restore)
	return restore
}

// lacking is a policy without one of its statements.
func lacking(whole, sid string) string {
	GinkgoHelper()
	var document struct {
		Version   string
		Statement []map[string]any
	}
	Expect(json.Unmarshal([]byte(whole), &document)).To(Succeed())
	all := len(document.Statement)
	document.Statement = slices.DeleteFunc(document.Statement, func(one map[string]any) bool { return one["Sid"] == sid })
	Expect(document.Statement).To(HaveLen(all-1), "there is one statement %s in %s", sid, whole)
	return string(must(json.Marshal(document)))
}

// refused is how often what was refused to a function for want of a statement.
func refused(ctx context.Context, function string) map[string]int {
	GinkgoHelper()
	found := map[string]int{}
	for _, one := range decisions(ctx, function) {
		if one.Decision != "allowed" && one.Sid != deniedBySpec {
			found[fmt.Sprintf("%s: %s on %s (%s)", function, one.Action, one.Resource, one.Decision)] = one.Times
		}
	}
	return found
}

// wrong is what a function says of an event that it fails at; nothing where it does not.
func wrong(ctx context.Context, function, event string) string {
	GinkgoHelper()
	answer := invoke(ctx, function, event)
	if answer.FunctionError == nil {
		return ""
	}
	return string(answer.Payload)
}

// tellOfChange has the processor tell of a change that it has not seen.
func tellOfChange(ctx context.Context) string {
	GinkgoHelper()
	return wrong(ctx, names.Processor, change("s3-access-logging", unused("needs")))
}

// tellOfSeveral is the same with more mails than an environment may send without asking the others.
func tellOfSeveral(ctx context.Context) string {
	GinkgoHelper()
	restore := limitFloods(ctx, "10")
	defer restore()
	for range 2 {
		if said := tellOfChange(ctx); said != "" {
			return said
		}
	}
	return ""
}

// limitFloods gives the processor another limit of mails a minute, until restore is called, or the spec ends.
func limitFloods(ctx context.Context, limit string) (restore func()) {
	GinkgoHelper()
	return reconfigure(ctx, names.Processor, func(configuration *lambda.UpdateFunctionConfigurationInput) {
		configuration.Environment.Variables[names.EnvFloodLimit] = limit
	})
}

// reconfigure changes a function's variables or its time-out, until restore is called, or the spec ends.
func reconfigure(ctx context.Context, function string, change func(*lambda.UpdateFunctionConfigurationInput)) (restore func()) {
	GinkgoHelper()
	name := full(function)
	was := must(clients.Lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name}))
	put := func(ctx context.Context, change func(*lambda.UpdateFunctionConfigurationInput)) {
		GinkgoHelper()
		configuration := &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &name, Timeout: was.Timeout, Environment: &types.Environment{Variables: maps.Clone(was.Environment.Variables)},
		}
		change(configuration)
		ok(clients.Lambda.UpdateFunctionConfiguration(ctx, configuration))
	}
	put(ctx, change)
	restore = sync.OnceFunc(func() { put(context.WithoutCancel(ctx), func(*lambda.UpdateFunctionConfigurationInput) {}) })
	DeferCleanup(restore)
	return restore
}

// report has the aggregator report, with something new to tell, and a remediation in it.
func report(ctx context.Context) string {
	GinkgoHelper()
	it := thing{bucketType, newBucket(ctx)}
	settled(ctx, "s3-public-access-block", it, "verified")
	Eventually(func() []string { return evaluations(ctx, "s3-access-logging", it) }).Should(ContainElement(nonCompliant))
	began := now(ctx)
	if said := wrong(ctx, names.Aggregator, schedule); said != "" {
		return said
	}
	if made := latest(ctx); !made.Complete || len(made.Unavailable) > 0 {
		return fmt.Sprintf("the report lacks %v %v", made.Missing, made.Unavailable)
	}
	checkReport(ctx, began)
	return ""
}

// fix has the remediator fix a bucket, and AWS Config look at it again.
func fix(ctx context.Context) string {
	GinkgoHelper()
	const rule = "s3-public-access-block"
	advance(ctx, time.Minute) // AWS Config evaluates a rule on request once a minute
	disabled := pause(ctx, "remediator-compliance")
	it := thing{bucketType, newBucket(ctx)}
	event := eventOf(ctx, time.Time{}, rule, it)
	said := wrong(ctx, names.Remediator, event)
	disabled.resume()
	if said != "" {
		return said
	}
	Expect(accessOf(ctx, it.id)).To(Equal("true true true true"))
	return strings.TrimPrefix(settled(ctx, rule, it, "verified").Evaluation, "requested")
}

// eventOf waits for AWS Config's event of a violation that is not older than a time of the local cloud's, as the processor
// keeps it.
func eventOf(ctx context.Context, since time.Time, rule string, it thing) string {
	GinkgoHelper()
	var found record
	Eventually(ctx, func() []record {
		all := slices.DeleteFunc(records(ctx, names.EventsPrefix, rule, it), func(one record) bool {
			return one.Compliance != nonCompliant || one.Ordering.Before(since)
		})
		if len(all) > 0 {
			found = all[len(all)-1]
		}
		return all
	}).ShouldNot(BeEmpty())
	return string(found.Event)
}

// keepFailed has a function fail at an event for good, which is to be kept.
func keepFailed(function, event string) func(ctx context.Context) string {
	return func(ctx context.Context) string {
		GinkgoHelper()
		forgive := deny(ctx, function)
		defer forgive()
		before := unkept(ctx, function)
		queue(ctx, function, event)
		var kept []string
		Eventually(ctx, func() bool {
			advance(ctx, time.Minute)
			kept = taken(ctx, function)
			return len(kept) > 0 || unkept(ctx, function) > before
		}).Should(BeTrue())
		if len(kept) == 0 {
			return "the event is lost"
		}
		Expect(kept).To(ConsistOf(MatchJSON(event)))
		return ""
	}
}

// unkept is how often a function was refused to keep an event in a queue.
func unkept(ctx context.Context, function string) int {
	GinkgoHelper()
	count := 0
	for _, one := range decisions(ctx, function) {
		if one.Action == "sqs:SendMessage" && one.Decision != "allowed" {
			count += one.Times
		}
	}
	return count
}
