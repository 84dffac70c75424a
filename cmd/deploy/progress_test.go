package deploy

import (
	"bytes"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

const (
	bucketURN = "urn:pulumi:local::compliance-monitor-foundation::aws:s3/bucketV2:BucketV2::reports"
	stackURN  = "urn:pulumi:local::compliance-monitor-foundation::pulumi:pulumi:Stack::compliance-monitor-foundation-local"
)

func metadata(operation apitype.OpType, urn string, diffs ...string) apitype.StepEventMetadata {
	return apitype.StepEventMetadata{Op: operation, URN: urn, Type: urnType(urn), Diffs: diffs}
}

func begins(operation apitype.OpType, urn string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{
		ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: metadata(operation, urn)},
	}}
}

func ends(operation apitype.OpType, urn string, diffs ...string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{
		ResOutputsEvent: &apitype.ResOutputsEvent{Metadata: metadata(operation, urn, diffs...)},
	}}
}

func fails(operation apitype.OpType, urn string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{
		ResOpFailedEvent: &apitype.ResOpFailedEvent{Metadata: metadata(operation, urn)},
	}}
}

func says(severity, urn, message string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{
		DiagnosticEvent: &apitype.DiagnosticEvent{Severity: severity, URN: urn, Message: message},
	}}
}

var _ = Describe("The progress of an operation", func() {
	var (
		out bytes.Buffer
		p   *progress
		now time.Time
	)

	BeforeEach(func() {
		out.Reset()
		p = newProgress(&out, "foundation", deploying)
		now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	})

	shown := func(after time.Duration, happened ...events.EngineEvent) string {
		out.Reset()
		for _, event := range happened {
			p.handle(event, now)
			now = now.Add(after)
		}
		return out.String()
	}

	It("should begin with what is done to which layer", func() {
		Expect(out.String()).To(Equal("deploying foundation\n"))
	})

	DescribeTable("should show a line for a finished",
		func(operation apitype.OpType, diffs []string, line string) {
			Expect(shown(0, begins(operation, bucketURN), ends(operation, bucketURN, diffs...))).To(MatchRegexp(`^` + line + `\n$`))
		},
		Entry("creation", apitype.OpCreate, nil, `  \+ aws:s3:BucketV2 +reports`),
		Entry("change, with the properties that it changes", apitype.OpUpdate, []string{"tags", "bucket"},
			`  ~ aws:s3:BucketV2 +reports \(tags, bucket\)`),
		Entry("deletion", apitype.OpDelete, nil, `  - aws:s3:BucketV2 +reports`),
		Entry("replacement", apitype.OpReplace, nil, `  ± aws:s3:BucketV2 +reports`),
	)

	It("should say how long what took a second or more took", func() {
		Expect(shown(31*time.Second, begins(apitype.OpCreate, bucketURN), ends(apitype.OpCreate, bucketURN))).
			To(HaveSuffix("reports  31s\n"))
	})

	It("should keep quiet about what stays as it is, and about Pulumi's own", func() {
		Expect(shown(0, ends(apitype.OpSame, bucketURN), ends(apitype.OpCreate, stackURN))).To(BeEmpty())
	})

	It("should count resources by what was done to them, without Pulumi's own and the halves of a replacement", func() {
		shown(0,
			ends(apitype.OpCreate, stackURN), ends(apitype.OpCreate, bucketURN), ends(apitype.OpSame, bucketURN+"-2"),
			ends(apitype.OpCreateReplacement, bucketURN+"-3"), ends(apitype.OpReplace, bucketURN+"-3"),
			ends(apitype.OpDeleteReplaced, bucketURN+"-3"),
		)
		Expect(p.changes).To(Equal(map[string]int{"create": 1, "same": 1, "replace": 1}))
		Expect(p.done()).To(Equal(2))
	})

	It("should count what a preview foresees as not done", func() {
		p = newProgress(&out, "foundation", previewing)
		shown(0, ends(apitype.OpCreate, bucketURN))
		Expect(p.changes).To(Equal(map[string]int{"create": 1}))
		Expect(p.done()).To(BeZero())
	})

	Context("when nothing has ended for a while", func() {
		It("should name what is under way, sorted and with its age", func() {
			shown(2*time.Second, begins(apitype.OpCreate, bucketURN), begins(apitype.OpCreate, bucketURN+"-a"),
				begins(apitype.OpCreate, stackURN), begins(apitype.OpSame, bucketURN+"-same"))
			out.Reset()
			p.waiting(now)
			Expect(out.String()).To(Equal("  … waiting for reports (8s), reports-a (6s)\n"))
		})

		It("should not wait for what has failed", func() {
			shown(0, begins(apitype.OpCreate, bucketURN), fails(apitype.OpCreate, bucketURN))
			out.Reset()
			p.waiting(now)
			Expect(out.String()).To(BeEmpty())
		})
	})

	Context("when the engine reports problems", func() {
		It("should keep each once, with the resource that it is about", func() {
			shown(0, says("error", bucketURN, "<{%reset%}>AccessDenied: no<{%reset%}>\n"),
				says("error", bucketURN+"\n", "AccessDenied: no"), says("error", "", "the program ended early"))
			Expect(p.problems).To(Equal([]string{"aws:s3:BucketV2 reports: AccessDenied: no", "the program ended early"}))
		})

		It("should tell of an error of the provider once, without the provider's log", func() {
			const cause = "creating S3 Bucket (reports): api error AccessDenied: User ada is not authorized"
			shown(0, says("error", bucketURN, "sdk-v2/provider2.go:509: sdk.helper_schema: "+cause+": provider=aws@6.83.2"),
				says("error", bucketURN, "1 error occurred:\n\t* "+cause+"\n\n"))
			Expect(p.problems).To(Equal([]string{"aws:s3:BucketV2 reports: " + cause}))
		})

		DescribeTable("should keep the essence of", func(message, essential string) { Expect(essence(message)).To(Equal(essential)) },
			Entry("a plain message", "no such key", "no such key"),
			Entry("a message of several lines", "one\ntwo", "one\ntwo"),
			Entry("several errors", "2 errors occurred:\n\t* one\n\t* two\n\n", "one\ntwo"),
			Entry("a line of the log", "x/y.go:1: no: provider=aws@1.2.3", "no"),
			Entry("a line of the log without a version", "x/y.go:1: no", "no"),
			Entry("a message that names a file", "reading main.go:1: no", "reading main.go:1: no"),
		)

		It("should leave out what only says that there was a problem", func() {
			shown(0, says("error", stackURN, "update failed"), says("error", "", "preview failed"),
				says("error", stackURN, "an unhandled error occurred: program failed"))
			Expect(p.problems).To(BeEmpty())
		})

		It("should show warnings as they come, and keep remarks to itself", func() {
			Expect(shown(0, says("warning", "", "deprecated"), says("info", "", "chatter"))).To(Equal("  ! deprecated\n"))
		})
	})

	DescribeTable("should end with",
		func(doing string, changes map[string]int, line string) {
			p = newProgress(&out, "foundation", doing)
			out.Reset()
			p.finish(Result{Changes: changes, Took: 1500 * time.Millisecond})
			Expect(out.String()).To(Equal("  " + line + " in 1.5s\n"))
		},
		Entry("what was done", deploying, map[string]int{"same": 3, "create": 2, "update": 1}, "2 created, 1 updated, 3 unchanged"),
		Entry("what would be done", previewing, map[string]int{"same": 3, "create": 2, "replace": 1}, "2 to create, 1 to replace, 3 unchanged"),
		Entry("nothing to do", destroying, map[string]int{}, "nothing to do"),
	)

	It("should follow a stream to its end", func() {
		stream := make(chan events.EngineEvent, 2)
		stream <- begins(apitype.OpCreate, bucketURN)
		stream <- ends(apitype.OpCreate, bucketURN)
		close(stream)
		p.follow(stream, nil)
		Expect(p.changes).To(HaveKeyWithValue("create", 1))
	})

	It("should not wait for a stream that the engine never opened", func() {
		over := make(chan struct{})
		close(over)
		p.follow(make(chan events.EngineEvent), over)
		Expect(p.changes).To(BeEmpty())
	})
})

var _ = Describe("A URN", func() {
	DescribeTable("should name its resource and the resource's type",
		func(urn, token, name string) {
			Expect(urnType(urn)).To(Equal(token))
			Expect(logicalName(urn)).To(Equal(name))
		},
		Entry("of a resource", bucketURN, "aws:s3/bucketV2:BucketV2", "reports"),
		Entry("of a child of a component", "urn:pulumi:s::p::my:own:Component$aws:sqs/queue:Queue::dlq", "aws:sqs/queue:Queue", "dlq"),
		Entry("with colons in the name", "urn:pulumi:s::p::aws:sqs/queue:Queue::a:b", "aws:sqs/queue:Queue", "a:b"),
	)

	It("should have no type where it is none", func() {
		Expect(urnType("reports")).To(BeEmpty())
	})

	DescribeTable("should have its type shown without the module's file",
		func(token, short string) { Expect(shortType(token)).To(Equal(short)) },
		Entry("of a resource", "aws:s3/bucketV2:BucketV2", "aws:s3:BucketV2"),
		Entry("of a stack", "pulumi:pulumi:Stack", "pulumi:pulumi:Stack"),
		Entry("of another form", "strange", "strange"),
	)
})
