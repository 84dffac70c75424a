package telemetry

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// asked is a request that a moto was sent.
type asked struct {
	operation string
	body      map[string]any
}

// scripted is a moto that answers as it is told, and remembers.
type scripted struct {
	mu     sync.Mutex
	asked  []asked
	answer func(asked) string // the code of an error; empty for none
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	one := asked{operation: operation}
	json.Unmarshal(body, &one.body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, one)
	if code := s.answer(one); code != "" {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"__type":"`+code+`","message":"scripted"}`)
	}
}

func (s *scripted) operations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, one := range s.asked {
		all = append(all, one.operation)
	}
	return all
}

var _ = Describe("The shipper", func() {
	var (
		moto    *scripted
		shipper *Shipper
		said    *bytes.Buffer
	)
	stream := Stream{Region: "us-east-1", Group: "g", Name: "s"}
	start := time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

	BeforeEach(func() {
		moto = &scripted{answer: func(asked) string { return "" }}
		said = &bytes.Buffer{}
		shipper = New(moto, time.Now, log.New(said, "", 0))
	})
	AfterEach(func() { shipper.Close() })

	It("should make a stream, and its group, before it writes the first line, and not again", func() {
		grouped := false
		moto.answer = func(one asked) string {
			if one.operation == "CreateLogGroup" {
				grouped = true
			}
			if one.operation == "CreateLogStream" && !grouped {
				return "ResourceNotFoundException"
			}
			return ""
		}
		shipper.Log(stream, start, "one")
		shipper.Flush()
		shipper.Log(stream, start, "two")
		shipper.Flush()
		Expect(moto.operations()).To(Equal([]string{"CreateLogStream", "CreateLogGroup", "CreateLogStream", "PutLogEvents", "PutLogEvents"}))
		Expect(said.String()).To(BeEmpty())
	})

	It("should take a stream that is there already", func() {
		moto.answer = func(one asked) string {
			if one.operation == "CreateLogStream" {
				return "ResourceAlreadyExistsException"
			}
			return ""
		}
		shipper.Log(stream, start, "one")
		shipper.Flush()
		Expect(moto.operations()).To(Equal([]string{"CreateLogStream", "PutLogEvents"}))
	})

	It("should make a stream again that somebody took away", func() {
		shipper.Log(stream, start, "one")
		shipper.Flush()
		refusals := 1
		moto.answer = func(one asked) string {
			if one.operation == "PutLogEvents" && refusals > 0 {
				refusals--
				return "ResourceNotFoundException"
			}
			return ""
		}
		shipper.Log(stream, start, "two")
		shipper.Flush()
		Expect(moto.operations()[2:]).To(Equal([]string{"PutLogEvents", "CreateLogStream", "PutLogEvents"}))
	})

	It("should write lines in the order of their times", func() {
		shipper.mu.Lock() // until both are there
		shipper.lines[stream] = []line{{Timestamp: 2, Message: "late"}, {Timestamp: 1, Message: "early"}}
		shipper.taken++
		shipper.changed.Broadcast()
		shipper.mu.Unlock()
		shipper.Flush()
		Expect(moto.asked[1].body["logEvents"]).To(Equal([]any{
			map[string]any{"timestamp": 1.0, "message": "early"}, map[string]any{"timestamp": 2.0, "message": "late"},
		}))
	})

	It("should tell what it could not bring, and go on", func() {
		moto.answer = func(one asked) string {
			if one.operation == "PutLogEvents" || one.operation == "PutMetricData" {
				return "InternalFailure"
			}
			return ""
		}
		shipper.Log(stream, start, "one")
		shipper.Measure("us-east-1", "N", Datum{Name: "m", Values: []float64{1}, At: start})
		shipper.Flush()
		Expect(said.String()).To(And(
			ContainSubstring("writing 1 lines to the log group g: asking moto for Logs_20140328.PutLogEvents: InternalFailure: scripted"),
			ContainSubstring("putting 1 metrics into the namespace N: "),
		))
		moto.answer = func(asked) string { return "AccessDenied" }
		shipper.Log(Stream{Group: "other"}, start, "two")
		shipper.Flush()
		Expect(said.String()).To(ContainSubstring("writing 1 lines to the log group other: asking moto for Logs_20140328.CreateLogStream: AccessDenied"))
	})

	It("should tell when it can't make a group", func() {
		moto.answer = func(one asked) string {
			if one.operation == "CreateLogStream" {
				return "ResourceNotFoundException"
			}
			return "LimitExceededException"
		}
		shipper.Log(stream, start, "one")
		shipper.Flush()
		Expect(said.String()).To(ContainSubstring("CreateLogGroup: LimitExceededException"))
	})

	It("should ship what is left when it is closed", func() {
		shipper.Measure("us-east-1", "N", Datum{Name: "m", Unit: "Count", Values: []float64{1}, At: start, Dimensions: []Dimension{{"d", "v"}}})
		shipper.Close()
		Expect(moto.asked).To(HaveExactElements(asked{"PutMetricData", map[string]any{"Namespace": "N", "MetricData": []any{map[string]any{
			"MetricName": "m", "Unit": "Count", "Values": []any{1.0}, "Timestamp": float64(start.Unix()), "Dimensions": []any{map[string]any{"Name": "d", "Value": "v"}},
		}}}}))
		shipper.Log(stream, start, "late")
		shipper.Measure("us-east-1", "N", Datum{Name: "late"})
		shipper.Flush()
		Expect(moto.asked).To(HaveLen(1))
		shipper = New(moto, time.Now, log.New(said, "", 0))
	})

	It("should move the times of embedded metrics as the clock was moved", func() {
		ahead := New(moto, func() time.Time { return time.Now().Add(6 * time.Hour) }, log.New(said, "", 0))
		ahead.Log(stream, start, embedding(`{"Namespace":"N","Dimensions":[[]],"Metrics":[{"Name":"m"}]}`, `"m":1`))
		ahead.Close()
		last := moto.asked[len(moto.asked)-1]
		Expect(last.operation).To(Equal("PutMetricData"))
		data := last.body["MetricData"].([]any)[0].(map[string]any)
		Expect(data["Timestamp"]).To(BeNumerically("~", 1574109732+6*3600, 60))
	})
})

var _ = Describe("A batch of lines", func() {
	lines := func(count, size int) []line {
		all := make([]line, count)
		for i := range all {
			all[i].Message = strings.Repeat("x", size)
		}
		return all
	}

	DescribeTable("should be as large as CloudWatch takes it",
		func(all []line, expected int) { Expect(batchSize(all)).To(Equal(expected)) },
		Entry("of few", lines(3, 10), 3),
		Entry("of many", lines(10_001, 10), 10_000),
		Entry("of long ones", lines(5, 500<<10), 2),
		Entry("of one that is too long", lines(2, 2<<20), 1),
	)
})
