package observability_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/integration/internal/stage"
)

// markdownLink is a link in Markdown: its label, and its URL.
var markdownLink = regexp.MustCompile(`\[([^]]*)\]\(([^)]*)\)`)

// page is a page of the AWS console.
func page(service, path string) string {
	return "https://us-east-1.console.aws.amazon.com/" + service + "/home?region=us-east-1#" + path
}

var _ = Describe("The dashboard's header", func() {
	header := func(ctx SpecContext) string {
		GinkgoHelper()
		texts := widgets(ctx, "text")
		Expect(texts).To(HaveLen(1))
		Expect([]int{texts[0].X, texts[0].Y, texts[0].Width}).To(Equal([]int{0, 0, 24}))
		var properties struct{ Markdown string }
		Expect(json.Unmarshal(texts[0].Properties, &properties)).To(Succeed())
		return properties.Markdown
	}

	It("should say which account and region it is about, and how many rules there are", func(ctx SpecContext) {
		rules := listed(ctx, "config rule")
		Expect(rules).NotTo(BeEmpty())
		Expect(strings.Split(header(ctx), "\n")).To(HaveExactElements(
			"# Compliance of account "+stage.Account+" in us-east-1",
			fmt.Sprintf("%d rules of %s are watched; a report is due every 6 hours.", len(rules), prefix),
			"", HavePrefix("**Results:** "),
		))
	})

	It("should link to the results, what is in the bucket, each function with its log, and each queue", func(ctx SpecContext) {
		var links [][]string
		for _, link := range markdownLink.FindAllStringSubmatch(header(ctx), -1) {
			links = append(links, link[1:])
		}
		wanted := [][]string{
			{"rules", page("config", "/rules")},
			{"resources", page("config", "/resources")},
			folder("reports"), folder("events"), folder("remediations"),
		}
		for _, function := range functions {
			name := names.Resource(prefix, function)
			wanted = append(wanted, []string{function, page("lambda", "/functions/"+name+"?tab=monitoring")}, log(name))
		}
		for _, queue := range queues {
			address := "https://sqs.us-east-1.amazonaws.com/" + stage.Account + "/" + queueName(queue)
			wanted = append(wanted, []string{queue, page("sqs", "/queues/"+url.QueryEscape(address))})
		}
		Expect(links).To(Equal(wanted))
	})
})

// folder is the link to the objects of the bucket that are called so.
func folder(name string) []string {
	return []string{
		name, "https://s3.console.aws.amazon.com/s3/buckets/" + bucket + "?region=us-east-1&prefix=" + name + "/",
	}
}

// log is the link to the log of a function, whose name the console wants encoded twice, with $ for %.
func log(function string) []string {
	encoded := url.QueryEscape(url.QueryEscape("/aws/lambda/" + function))
	return []string{"log", page("cloudwatch", "logsV2:log-groups/log-group/"+strings.ReplaceAll(encoded, "%", "$"))}
}
