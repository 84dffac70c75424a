package authz

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
)

// bodyLimit is how many bytes the requests of roles may have that are looked at here. The largest is PutLogEvents, 1 MiB.
const bodyLimit = 8 << 20

// requested is what a request asks for, in the words of policies.
type requested struct {
	action    string   // like sns:Publish
	resources []string // ARNs; one, "*", where the action takes none
}

// prefixes are what the actions of services begin with, where that is not the signing name.
var prefixes = map[string]string{"monitoring": "cloudwatch", "email": "ses"}

// renamed are the actions that are not called as the operation is.
var renamed = map[string]string{
	"lambda:Invoke":          "lambda:InvokeFunction",
	"sqs:SendMessageBatch":   "sqs:SendMessage",
	"sqs:DeleteMessageBatch": "sqs:DeleteMessage",
	"sns:PublishBatch":       "sns:Publish",
}

// describe says what a request asks for.
func describe(service string, r *http.Request, account string) (requested, error) {
	info := awsreq.From(r)
	prefix := service
	if other := prefixes[service]; other != "" {
		prefix = other
	}
	operation := info.Operation
	if service == "lambda" {
		operation = lambdaOperation(r)
	}
	if operation == "" {
		return requested{}, awserr.New("AccessDeniedException",
			"localcloud does not know which action %s %s of %s is, and lets no role do it", r.Method, r.URL.Path, service)
	}
	action := prefix + ":" + operation
	if other := renamed[action]; other != "" {
		action = other
	}
	in, err := parameters(r)
	if err != nil {
		return requested{}, err
	}
	named := arns{service: service, region: info.Region, account: account}
	resources := named.of(action, in)
	if len(resources) == 0 {
		resources = []string{allResources}
	}
	return requested{action: action, resources: resources}, nil
}

// input is a request's parameters, of the query protocol or of a JSON protocol.
type input struct {
	form     url.Values
	document map[string]any
	path     string
}

func parameters(r *http.Request) (input, error) {
	body, err := awsreq.Body(r, bodyLimit)
	if err != nil {
		return input{}, err
	}
	in := input{path: r.URL.Path}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		in.form, err = url.ParseQuery(string(body))
		if err != nil {
			return input{}, awserr.New("MalformedQueryString", "the form can't be read: %v", err)
		}
		return in, nil
	}
	if len(body) > 0 && body[0] == '{' {
		if err := json.Unmarshal(body, &in.document); err != nil {
			return input{}, awserr.New("SerializationException", "%v", err)
		}
	}
	return in, nil
}

// text is the value of a parameter, or empty.
func (in input) text(name string) string {
	if in.form != nil {
		return in.form.Get(name)
	}
	text, _ := in.document[name].(string)
	return text
}

// texts are the values of a parameter that is a list: NAME.1, NAME.member.1 or a JSON array.
func (in input) texts(name string) []string {
	var found []string
	for i := 1; in.form != nil; i++ {
		value := in.form.Get(fmt.Sprintf("%s.%d", name, i))
		if value == "" {
			value = in.form.Get(fmt.Sprintf("%s.member.%d", name, i))
		}
		if value == "" {
			return found
		}
		found = append(found, value)
	}
	list, _ := in.document[name].([]any)
	for _, element := range list {
		if text, ok := element.(string); ok {
			found = append(found, text)
		}
	}
	return found
}

// lambdaOperation names the operations of Lambda's REST API that a role may have reason to call.
func lambdaOperation(r *http.Request) string {
	switch {
	case strings.HasSuffix(r.URL.Path, "/invocations"):
		return "Invoke"
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/configuration"):
		return "GetFunctionConfiguration"
	default:
		return awsreq.From(r).Operation
	}
}
