package observability

import (
	"fmt"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// header says what the dashboard is about, and links to where the details are.
func (w watched) header() string {
	var functions, queues []string
	for _, f := range w.functions {
		functions = append(functions, link(f.short, console(w.region, "lambda")+"#/functions/"+f.name+"?tab=monitoring"),
			link("log", console(w.region, "cloudwatch")+"#logsV2:log-groups/log-group/"+logGroupPath(f.logGroup)))
	}
	for _, q := range w.queues {
		queues = append(queues, link(q.short, console(w.region, "sqs")+"#/queues/"+queuePath(w, q)))
	}
	return fmt.Sprintf("# Compliance of account %s in %s\n%d rules of %s are watched; a report is due every %d hours.\n\n"+
		"**Results:** %s · **Bucket:** %s · **Functions:** %s · **Dead-letter queues:** %s",
		w.account, w.region, w.rules, w.prefix, names.ScheduleHours,
		strings.Join([]string{
			link("rules", console(w.region, "config")+"#/rules"),
			link("resources", console(w.region, "config")+"#/resources"),
		}, " · "),
		strings.Join([]string{
			w.folder("reports", names.ReportsPrefix), w.folder("events", names.EventsPrefix),
			w.folder("remediations", names.RemediationsPrefix),
		}, " · "),
		strings.Join(functions, " · "), strings.Join(queues, " · "))
}

// console is the start of the console of an AWS service.
func console(region, service string) string {
	return fmt.Sprintf("https://%s.console.aws.amazon.com/%s/home?region=%s", region, service, region)
}

func link(label, url string) string {
	return "[" + label + "](" + url + ")"
}

// folder is a link to the objects of the bucket under a prefix.
func (w watched) folder(label, prefix string) string {
	return link(label, fmt.Sprintf("https://s3.console.aws.amazon.com/s3/buckets/%s?region=%s&prefix=%s",
		w.bucket, w.region, prefix))
}

// logGroupPath is the name as the console wants it: encoded twice, with $ for %.
func logGroupPath(name string) string {
	return strings.ReplaceAll(name, "/", "$252F")
}

// queuePath is the queue's URL as the console wants it: encoded once.
func queuePath(w watched, q watchedQueue) string {
	url := fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", w.region, w.account, q.name)
	return strings.NewReplacer(":", "%3A", "/", "%2F").Replace(url)
}
