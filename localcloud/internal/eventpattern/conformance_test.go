package eventpattern

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// crash is what AWS's engine is recorded to say of a pattern that it takes and can't work with.
const crash = "the engine crashes"

// answer is what AWS's engine says of a pattern: why it is refused, or which of the events match.
type answer struct {
	Pattern    string   `json:"pattern"`
	Error      string   `json:"error"`
	Events     []string `json:"events"`
	Matches    []bool   `json:"matches"`
	Complexity int      `json:"complexity"`
}

// recorded are the answers of AWS's engine. conformance/README.md tells how they came to be.
func recorded() []answer {
	GinkgoHelper()
	file, err := os.Open("testdata/ruler.ndjson.gz")
	Expect(err).NotTo(HaveOccurred())
	defer file.Close()
	content, err := gzip.NewReader(file)
	Expect(err).NotTo(HaveOccurred())
	lines := bufio.NewScanner(content)
	lines.Buffer(nil, 1<<20)
	var all []answer
	for lines.Scan() {
		var one answer
		Expect(json.Unmarshal(lines.Bytes(), &one)).To(Succeed())
		Expect(one.Matches).To(HaveLen(len(one.Events)))
		all = append(all, one)
	}
	Expect(lines.Err()).NotTo(HaveOccurred())
	return all
}

// hasAlternatives says whether a pattern has alternatives, whose costs AWS's engine adds up in part.
func hasAlternatives(pattern string) bool { return strings.Contains(pattern, or) }

// reason is why a pattern is refused, without the place.
func reason(err error) string {
	var fault *Error
	if !errors.As(err, &fault) {
		return ""
	}
	return fault.Reason
}

var _ = Describe("AWS's own engine", func() {
	It("should agree about every pattern and event", func() {
		tried, matched, refused := 0, 0, 0
		for _, one := range recorded() {
			pattern, err := Compile(one.Pattern)
			switch {
			case one.Error != "":
				refused++
				Expect(err).To(HaveOccurred(), "AWS refuses %s: %s", one.Pattern, one.Error)
				if one.Error != crash && reason(err) != emptyList && json.Valid([]byte(one.Pattern)) {
					Expect(reason(err)).To(Equal(one.Error), one.Pattern)
				}
			case one.Complexity > MaxComplexity && !hasAlternatives(one.Pattern):
				Expect(reason(err)).To(HavePrefix("Rule is too complex"), one.Pattern)
			default:
				Expect(err).NotTo(HaveOccurred(), one.Pattern)
				for i, event := range one.Events {
					tried++
					Expect(pattern.Matches([]byte(event))).To(Equal(one.Matches[i]), "%s\n%s", one.Pattern, event)
					if one.Matches[i] {
						matched++
					}
				}
			}
		}
		Expect(tried).To(BeNumerically(">", 15_000))
		Expect(matched).To(And(BeNumerically(">", tried/5), BeNumerically("<", tried*4/5)), "both answers must be well represented")
		Expect(refused).To(BeNumerically(">", 700))
	})

	It("should agree about what patterns with wildcards cost", func() {
		costly := 0
		for _, one := range recorded() {
			if one.Error != "" || !strings.Contains(one.Pattern, "wildcard") || hasAlternatives(one.Pattern) {
				continue
			}
			parsed, err := parse(one.Pattern)
			Expect(err).NotTo(HaveOccurred())
			Expect(parsed).To(HaveLen(1))
			pattern := &Pattern{alternatives: []alternative{parsed[0].sorted()}}
			Expect(pattern.complexity()).To(Equal(min(one.Complexity, MaxComplexity+1)), one.Pattern)
			costly++
		}
		Expect(costly).To(BeNumerically(">", 200))
	})
})
