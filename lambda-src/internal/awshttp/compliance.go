package awshttp

import (
	"errors"
	"time"
)

// parseCompliance reads an answer of GetComplianceDetailsByConfigRule. For a report of 100,000 results there are 1,000 of
// them, so that they are worth a reader of their own.
func parseCompliance(text string) (Compliance, error) {
	var page Compliance
	in := &reader{text: text}
	for more := in.open('{'); more; more = in.next('}') {
		switch in.name() {
		case "EvaluationResults":
			in.evaluations(&page.Results)
		case "NextToken":
			in.string(&page.Next)
		default:
			in.skip()
		}
	}
	if err := in.end(); err != nil {
		return Compliance{}, err
	}
	if page.Results == nil {
		return Compliance{}, errors.New("it has no EvaluationResults")
	}
	return page, nil
}

func (r *reader) evaluations(into *[]Evaluation) {
	if r.null() {
		return
	}
	*into = make([]Evaluation, 0, maxResults)
	for more := r.open('['); more; more = r.next(']') {
		*into = append(*into, Evaluation{})
		r.evaluation(&(*into)[len(*into)-1])
	}
}

func (r *reader) evaluation(into *Evaluation) {
	for more := r.open('{'); more; more = r.next('}') {
		switch r.name() {
		case "EvaluationResultIdentifier":
			r.identifier(into)
		case "ComplianceType":
			r.string(&into.Compliance)
		case "Annotation":
			r.string(&into.Annotation)
		case "ResultRecordedTime":
			r.time(&into.Recorded)
		default:
			r.skip()
		}
	}
}

func (r *reader) identifier(into *Evaluation) {
	for more := r.open('{'); more; more = r.next('}') {
		switch r.name() {
		case "EvaluationResultQualifier":
			r.qualifier(into)
		case "OrderingTimestamp":
			r.time(&into.Ordering)
		default:
			r.skip()
		}
	}
}

func (r *reader) qualifier(into *Evaluation) {
	for more := r.open('{'); more; more = r.next('}') {
		switch r.name() {
		case "ResourceType":
			r.string(&into.ResourceType)
		case "ResourceId":
			r.string(&into.ResourceID)
		default:
			r.skip()
		}
	}
}

// time reads seconds since 1970. AWS tells milliseconds; what is finer is cut off, as the SDK does.
func (r *reader) time(into *time.Time) {
	if r.null() {
		return
	}
	const milliseconds = 1000 // of a second
	*into = time.UnixMilli(int64(r.number() * milliseconds)).UTC()
}
