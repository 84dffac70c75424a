package configsvc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
)

// world is a local AWS that has buckets in us-east-1 and a recorder.
type world struct {
	mutex    sync.Mutex
	buckets  map[string]bool // whether they have versioning
	broken   string          // the bucket that can't be read
	off      bool            // the recorder is
	group    string          // of the recorder; everything where it is empty
	reads    atomic.Int64    // how often versioning was asked for
	touching func()          // runs when versioning is asked for
}

func (w *world) change(change func()) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	change()
}

// ServeHTTP implements [http.Handler].
func (w *world) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	bucket := strings.TrimPrefix(r.URL.Path, "/")
	if r.URL.Query().Has("versioning") && w.touching != nil {
		w.touching()
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	versioned, found := w.buckets[bucket]
	switch target := r.Header.Get("X-Amz-Target"); {
	case strings.HasSuffix(target, "DescribeConfigurationRecorders"):
		group := w.group
		if group == "" {
			group = `{"allSupported":true,"includeGlobalResourceTypes":true}`
		}
		fmt.Fprintf(out, `{"ConfigurationRecorders":[{"name":"default","recordingGroup":%s}]}`, group)
	case strings.HasSuffix(target, "DescribeConfigurationRecorderStatus"):
		fmt.Fprintf(out, `{"ConfigurationRecordersStatus":[{"recording":%t}]}`, !w.off)
	case bucket == "":
		fmt.Fprint(out, "<ListAllMyBucketsResult><Buckets>")
		for name := range w.buckets {
			fmt.Fprintf(out, "<Bucket><Name>%s</Name></Bucket>", name)
		}
		fmt.Fprint(out, "</Buckets></ListAllMyBucketsResult>")
	case !found:
		out.WriteHeader(http.StatusNotFound)
		fmt.Fprint(out, "<Error><Code>NoSuchBucket</Code></Error>")
	case r.Method == http.MethodHead:
		out.Header().Set("X-Amz-Bucket-Region", "us-east-1")
	case bucket == w.broken:
		out.WriteHeader(http.StatusForbidden)
		fmt.Fprint(out, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
	default:
		w.reads.Add(1)
		status := map[bool]string{true: "<Status>Enabled</Status>"}[versioned]
		fmt.Fprintf(out, "<VersioningConfiguration>%s</VersioningConfiguration>", status)
	}
}

// heard is what the bus was given.
type heard struct {
	mutex  sync.Mutex
	events []busEvent
	err    error
}

// Put implements [Bus].
func (h *heard) Put(_ context.Context, region string, text json.RawMessage) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	var event busEvent
	if err := json.Unmarshal(text, &event); err != nil || event.Region != region {
		return fmt.Errorf("an event for %s: %s: %w", region, text, err)
	}
	h.events = append(h.events, event)
	return h.err
}

// changes tells what was heard: resource, old and new compliance.
func (h *heard) changes() []string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	told := []string{}
	for _, event := range h.events {
		before := "nothing"
		if event.Detail.Old != nil {
			before = event.Detail.Old.Compliance
		}
		told = append(told, event.Detail.ResourceID+": "+before+" → "+event.Detail.New.Compliance)
	}
	return told
}

var _ = Describe("The evaluation of a rule", func() {
	const versioning = "S3_BUCKET_VERSIONING_ENABLED"
	var (
		aws        *world
		bus        *heard
		now        *clock.Clock
		complaints chan string
		handler    *Handler
		trigger    Trigger
	)

	BeforeEach(func() {
		aws, bus, now = &world{buckets: map[string]bool{}}, &heard{}, clock.New()
		complaints, trigger = make(chan string, 1000), Trigger{OnChange: true}
	})
	JustBeforeEach(func() {
		handler = New(Options{
			Moto: aws, AWS: aws, Triggers: Triggers{versioning: trigger}, Clock: now, Bus: bus,
			Complain: func(format string, arguments ...any) { complaints <- fmt.Sprintf(format, arguments...) },
		})
		DeferCleanup(handler.Close)
	})

	// put puts the rule.
	put := func(input ruleInput) {
		GinkgoHelper()
		input.Source.Owner, input.Source.SourceIdentifier = "AWS", versioning
		what, err := define(key, input, made, handler.triggers)
		Expect(err).NotTo(HaveOccurred())
		handler.engine.enter(what)
	}
	// settled waits until nothing is pending.
	settled := func() {
		GinkgoHelper()
		queue := handler.engine.queue(key.region)
		Eventually(func() bool {
			handler.engine.mutex.Lock()
			defer handler.engine.mutex.Unlock()
			return queue.due
		}).WithTimeout(time.Minute).Should(BeFalse())
		queue.evaluating.Lock()
		defer queue.evaluating.Unlock()
		handler.engine.outbox.idle.Wait()
	}
	// request sends an S3 request through the gateway, which is told how it went.
	request := func(method, path string, status int) {
		GinkgoHelper()
		r, err := http.NewRequest(method, "http://localhost"+path, nil)
		Expect(err).NotTo(HaveOccurred())
		if told := handler.Watch(r, &awsreq.Info{Service: "s3"}); told != nil {
			told(status)
		}
	}
	set := func(bucket string, versioned bool) {
		aws.change(func() { aws.buckets[bucket] = versioned })
		request("PUT", "/"+bucket+"?versioning", 200)
	}
	compliance := func() map[string]string {
		found := map[string]string{}
		for _, result := range handler.results.of(key) {
			found[result.ResourceID] = result.Compliance
		}
		return found
	}

	It("should find what is there when the rule is put", func() {
		aws.buckets["a"], aws.buckets["b"] = true, false
		put(ruleInput{})
		settled()
		Expect(compliance()).To(Equal(map[string]string{"a": compliant, "b": nonCompliant}))
		Expect(bus.changes()).To(ConsistOf("a: nothing → COMPLIANT", "b: nothing → NON_COMPLIANT"))
	})

	It("should follow a bucket from its making to its end, and tell only what changes", func() {
		put(ruleInput{})
		settled()
		set("b", false)
		settled()
		set("b", false)
		settled()
		set("b", true)
		settled()
		aws.change(func() { delete(aws.buckets, "b") })
		request("DELETE", "/b", 204)
		settled()
		Expect(compliance()).To(BeEmpty())
		set("b", false)
		settled()
		Expect(bus.changes()).To(Equal([]string{
			"b: nothing → NON_COMPLIANT", "b: NON_COMPLIANT → COMPLIANT", "b: COMPLIANT → NOT_APPLICABLE", "b: nothing → NON_COMPLIANT",
		}))
		history := handler.results.history(key, resourceKey{bucketType, "b"})
		Expect(history).To(HaveLen(5))
		Expect(slices.IsSortedFunc(history, func(a, b Result) int { return a.Ordering.Compare(b.Ordering) })).To(BeTrue())
	})

	It("should tell it as AWS does", func() {
		aws.buckets["b"] = false
		put(ruleInput{})
		settled()
		event := bus.events[0]
		Expect(event).To(And(
			HaveField("Version", "0"), HaveField("DetailType", "Config Rules Compliance Change"), HaveField("Source", "aws.config"),
			HaveField("Account", "123456789012"), HaveField("Resources", BeEmpty()), HaveField("ID", HaveLen(36)),
			HaveField("Time", MatchRegexp(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)),
		))
		Expect(event.Detail).To(And(
			HaveField("RuleName", "r"), HaveField("RuleARN", "arn:r"), HaveField("ResourceType", bucketType), HaveField("ResourceID", "b"),
			HaveField("MessageType", "ComplianceChangeNotification"), HaveField("Version", "1.0"),
			HaveField("New.Identifier.Ordering", MatchRegexp(`\.\d{3}Z$`)), HaveField("New.Annotation", ContainSubstring("Versioning")),
			HaveField("New.Identifier.Qualifier.RuleName", "r"),
		))
	})

	It("should look at nothing after a call that failed, or that changes no bucket", func() {
		aws.buckets["b"] = false
		put(ruleInput{})
		settled()
		before := aws.reads.Load()
		request("PUT", "/b?versioning", 403)
		request("GET", "/b?versioning", 200)
		request("PUT", "/b/object", 200)
		settled()
		Expect(aws.reads.Load()).To(Equal(before))
	})

	It("should look once at what changes many times", func() {
		put(ruleInput{})
		settled()
		aws.change(func() { aws.buckets["b"] = false })
		for range 1000 {
			request("PUT", "/b?versioning", 200)
		}
		settled()
		Expect(aws.reads.Load()).To(BeNumerically("<", 100))
		Expect(compliance()).To(HaveKeyWithValue("b", nonCompliant))
	})

	It("should find in the end what is there, whatever happened meanwhile", func() {
		put(ruleInput{})
		var everybody sync.WaitGroup
		for i := range 8 {
			everybody.Go(func() {
				for j := range 50 {
					set(fmt.Sprint("bucket-", j%5), (i+j)%2 == 0)
					other := result(fmt.Sprint("other-", j%5), []string{compliant, nonCompliant}[j%2], time.Now().Unix())
					other.Inserted = true
					handler.engine.insert(key, "arn:r", other)
				}
			})
		}
		everybody.Wait()
		settled()
		for name, versioned := range aws.buckets {
			Expect(compliance()).To(HaveKeyWithValue(name, map[bool]string{true: compliant, false: nonCompliant}[versioned]))
			history := handler.results.history(key, resourceKey{bucketType, name})
			for i := range history[1:] {
				Expect(history[i+1].Ordering).To(BeTemporally(">=", history[i].Ordering.Add(time.Millisecond)))
			}
		}
		told := map[string]string{}
		for _, change := range bus.changes() {
			name, types, _ := strings.Cut(change, ": ")
			before, after, _ := strings.Cut(types, " → ")
			Expect(before).To(Equal(map[bool]string{true: told[name], false: "nothing"}[told[name] != ""]), "events are in the order of results")
			told[name] = after
		}
		Expect(told).To(Equal(compliance()))
	})

	Context("when the recorder is off", func() {
		BeforeEach(func() { aws.off = true })

		It("should not see changes until it is on again", func() {
			aws.buckets["b"] = false
			put(ruleInput{})
			settled()
			set("b", false)
			settled()
			Expect(compliance()).To(BeEmpty())
			aws.change(func() { aws.off = false })
			handler.engine.takeStock(key.region)
			settled()
			Expect(compliance()).To(HaveKeyWithValue("b", nonCompliant))
		})
	})

	Context("when the recorder records other types only", func() {
		BeforeEach(func() { aws.group = `{"allSupported":false,"resourceTypes":["AWS::EC2::Instance"]}` })

		It("should not see changes", func() {
			put(ruleInput{})
			set("b", false)
			settled()
			Expect(compliance()).To(BeEmpty())
		})
	})

	Context("when time triggers the rule", func() {
		BeforeEach(func() { trigger, aws.off = Trigger{Periodic: true}, true })

		It("should come when its time has, also without a recorder", func() {
			aws.buckets["b"] = false
			put(ruleInput{MaximumExecutionFrequency: "Three_Hours"})
			settled()
			set("b", true)
			now.Advance(2*time.Hour + 59*time.Minute)
			Expect(compliance()).To(HaveKeyWithValue("b", nonCompliant))
			now.Advance(2 * time.Minute)
			Expect(compliance()).To(HaveKeyWithValue("b", compliant))
			aws.change(func() { aws.buckets["b"] = false })
			now.Advance(3 * time.Hour)
			Expect(compliance()).To(HaveKeyWithValue("b", nonCompliant))
			Expect(handler.results.of(key)[0].Ordering).To(BeTemporally("~", now.Now(), 10*time.Minute), "by the clock that was moved")
		})

		It("should come once a day where nothing else is said, and no more when the rule has gone", func() {
			put(ruleInput{})
			settled()
			aws.change(func() { aws.buckets["b"] = false })
			now.Advance(23 * time.Hour)
			Expect(compliance()).To(BeEmpty())
			now.Advance(2 * time.Hour)
			Expect(compliance()).To(HaveLen(1))
			handler.engine.leave(key)
			now.Advance(48 * time.Hour)
			Expect(compliance()).To(BeEmpty())
		})
	})

	It("should be asked for once a minute at most", func() {
		put(ruleInput{})
		settled()
		rule := handler.book.get(key)
		Expect(handler.engine.ask([]*entry{rule})).To(BeNil())
		Expect(handler.book.view(rule).busy).To(BeTrue())
		Expect(handler.engine.ask([]*entry{rule})).To(Equal(rule), "it is under way")
		settled()
		Expect(handler.book.view(rule).busy).To(BeFalse())
		now.Advance(58 * time.Second)
		Expect(handler.engine.ask([]*entry{rule})).To(Equal(rule), "it was a moment ago")
		now.Advance(3 * time.Second)
		Expect(handler.engine.ask([]*entry{rule})).To(BeNil())
	})

	It("should record nothing for a rule that is deleted meanwhile", func() {
		aws.buckets["b"] = false
		aws.touching = func() { handler.engine.leave(key) }
		put(ruleInput{})
		settled()
		Expect(compliance()).To(BeEmpty())
		Expect(bus.changes()).To(BeEmpty())
	})

	It("should judge the others where one can't be read, and forget none", func() {
		aws.buckets["a"], aws.buckets["b"] = false, false
		put(ruleInput{})
		settled()
		aws.change(func() { aws.broken, aws.buckets["b"] = "a", true })
		handler.engine.now(handler.book.get(key))
		Expect(compliance()).To(Equal(map[string]string{"a": nonCompliant, "b": compliant}))
		Expect(handler.book.view(handler.book.get(key)).status.errorReason).To(And(ContainSubstring("AWS::S3::Bucket a"), ContainSubstring("AccessDenied")))
		Expect(complaints).To(Receive(ContainSubstring("evaluating the Config rule r")))
	})

	It("should go on when the bus takes nothing", func() {
		bus.err = errors.New("full")
		put(ruleInput{})
		set("a", false)
		settled()
		set("b", false)
		settled()
		Expect(complaints).To(Receive(ContainSubstring("full")))
		Expect(bus.changes()).To(HaveLen(2))
	})

	It("should fail, and say so, with parameters that can't be read", func() {
		aws.buckets["b"] = true
		put(ruleInput{InputParameters: `{"isMfaDeleteEnabled":"perhaps"}`})
		settled()
		Expect(compliance()).To(BeEmpty())
		Expect(complaints).To(Receive(ContainSubstring(`isMfaDeleteEnabled is "perhaps"`)))
	})

	It("should leave what a test put in until that very resource is looked at", func() {
		put(ruleInput{})
		settled()
		handler.engine.insert(key, "arn:r", Result{ResourceType: bucketType, ResourceID: "x", Compliance: nonCompliant, Ordering: now.Now(), Inserted: true})
		handler.engine.now(handler.book.get(key))
		Expect(compliance()).To(HaveKey("x"))
		request("DELETE", "/x", 204)
		settled()
		Expect(compliance()).To(BeEmpty())
		Expect(bus.changes()).To(Equal([]string{"x: nothing → NON_COMPLIANT", "x: NON_COMPLIANT → NOT_APPLICABLE"}))
	})

	It("should look at the one resource of its scope", func() {
		aws.buckets["a"], aws.buckets["b"] = false, false
		put(ruleInput{Scope: json.RawMessage(`{"ComplianceResourceTypes":["AWS::S3::Bucket"],"ComplianceResourceId":"b"}`)})
		settled()
		set("a", false)
		settled()
		Expect(compliance()).To(Equal(map[string]string{"b": nonCompliant}))
	})

	It("should begin anew when the results are deleted", func() {
		aws.buckets["b"] = false
		put(ruleInput{})
		settled()
		handler.engine.forget(key)
		Expect(compliance()).To(BeEmpty())
		Expect(handler.book.view(handler.book.get(key)).status.started).To(BeFalse())
		handler.engine.now(handler.book.get(key))
		settled()
		Expect(bus.changes()).To(Equal([]string{"b: nothing → NON_COMPLIANT", "b: nothing → NON_COMPLIANT"}))
	})

	It("should end when the local cloud does", func() {
		put(ruleInput{})
		handler.Close()
		handler.engine.changed(evaluate.Resource{Type: bucketType})
		settled()
		Expect(compliance()).To(BeEmpty())
	})
})

var _ = DescribeTable("A request should affect",
	func(service, operation, method, path string, expected ...evaluate.Resource) {
		r, err := http.NewRequest(method, "http://localhost"+path, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(affected(r, &awsreq.Info{Service: service, Operation: operation})).To(ConsistOf(expected))
	},
	Entry("a bucket whose settings it changes", "s3", "", "PUT", "/b?policy", evaluate.Resource{Type: bucketType, ID: "b"}),
	Entry("no bucket when it puts an object", "s3", "", "PUT", "/b/k"),
	Entry("no bucket when it lists them", "s3", "", "GET", "/"),
	Entry("all buckets when it blocks the account's", "s3", "", "PUT", "/v20180820/configuration/publicAccessBlock", evaluate.Resource{Type: bucketType}),
	Entry("a function whose policy it changes", "lambda", "", "POST", "/2015-03-31/functions/f%3Alive/policy", evaluate.Resource{Type: functionType, ID: "f"}),
	Entry("a function that it names by ARN", "lambda", "", "DELETE", "/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f",
		evaluate.Resource{Type: functionType, ID: "f"}),
	Entry("all functions when it makes one", "lambda", "", "POST", "/2015-03-31/functions", evaluate.Resource{Type: functionType}),
	Entry("no function when it invokes one", "lambda", "", "POST", "/2015-03-31/functions/f/invocations"),
	Entry("instances and volumes when it runs one", "ec2", "RunInstances", "POST", "/", evaluate.Resource{Type: instanceType}, evaluate.Resource{Type: volumeType}),
	Entry("nothing when it describes", "ec2", "DescribeInstances", "POST", "/"),
	Entry("users and policies when it joins them", "iam", "AttachUserPolicy", "POST", "/",
		evaluate.Resource{Type: "AWS::IAM::User"}, evaluate.Resource{Type: "AWS::IAM::Policy"}),
	Entry("nothing in a service that no rule looks at", "sqs", "SendMessage", "POST", "/"),
	Entry("no table when it puts an item", "dynamodb", "PutItem", "POST", "/"),
)

var _ = DescribeTable("A recorder should take",
	func(group recordingGroup, kind string, expected bool) { Expect(group.takes(kind)).To(Equal(expected)) },
	Entry("all types", recordingGroup{AllSupported: true}, bucketType, true),
	Entry("global types if told to", recordingGroup{AllSupported: true, IncludeGlobal: true}, "AWS::IAM::User", true),
	Entry("no global types else", recordingGroup{AllSupported: true}, "AWS::IAM::User", false),
	Entry("the types that are named", recordingGroup{Types: []string{bucketType}}, bucketType, true),
	Entry("no others", recordingGroup{Types: []string{bucketType}}, volumeType, false),
	Entry("all but those excluded", recordingGroup{ExclusionByResources: struct {
		Types []string `json:"resourceTypes"`
	}{[]string{bucketType}}}, volumeType, true),
	Entry("none of those excluded", recordingGroup{ExclusionByResources: struct {
		Types []string `json:"resourceTypes"`
	}{[]string{bucketType}}}, bucketType, false),
)
