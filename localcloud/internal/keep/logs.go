package keep

import (
	"net/http"
	"slices"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Notes about a log group.
const (
	groupClass = "logGroupClass"
	groupKey   = "kmsKeyId" // set after the group was made; noKey where it was taken away
	noKey      = "-"
)

const standardClass = "STANDARD"

// groups keeps the class of CloudWatch log groups, and their keys where they change: moto takes a key only when it
// makes a group.
type groups struct {
	moto  http.Handler
	notes *notes
}

// Logs mends log groups.
func Logs(moto http.Handler) *Service {
	g := &groups{moto: moto, notes: newNotes()}
	mended := jsonService(moto)
	mended.operations = map[string]operation{
		"CreateLogGroup":     g.create,
		"DeleteLogGroup":     g.delete,
		"DescribeLogGroups":  g.describe,
		"AssociateKmsKey":    g.associate,
		"DisassociateKmsKey": g.associate,
	}
	return mended
}

// groupInput is what the operations on log groups are given.
type groupInput struct {
	LogGroupName       string `json:"logGroupName"`
	ResourceIdentifier string `json:"resourceIdentifier"`
	LogGroupClass      string `json:"logGroupClass"`
	KMSKeyID           string `json:"kmsKeyId"`
}

// name is a group's name, which may have been given in its ARN.
func (in groupInput) name() string {
	if _, name, found := strings.Cut(in.ResourceIdentifier, ":log-group:"); found {
		return strings.TrimSuffix(name, ":*")
	}
	return in.LogGroupName
}

func (g *groups) create(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[groupInput](r)
	if err != nil {
		return nil, err
	}
	classes := []string{"", standardClass, "INFREQUENT_ACCESS", "DELIVERY"}
	if !slices.Contains(classes, in.LogGroupClass) {
		return nil, awserr.New("InvalidParameterException", "1 validation error detected: Value '%s' at 'logGroupClass' "+
			"failed to satisfy constraint: Member must satisfy enum value set: %v", in.LogGroupClass, classes[1:])
	}
	answer := relay.Capture(g.moto, r)
	if answer.OK() {
		g.notes.drop(keyOf(r, in.name()))
		g.notes.set(keyOf(r, in.name()), groupClass, in.LogGroupClass)
	}
	return answer, nil
}

func (g *groups) delete(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[groupInput](r)
	if err != nil {
		return nil, err
	}
	answer := relay.Capture(g.moto, r)
	if answer.OK() {
		g.notes.drop(keyOf(r, in.name()))
	}
	return answer, nil
}

// associate gives a group another key, or none.
func (g *groups) associate(r *http.Request) (*relay.Answer, error) {
	in, err := readJSON[groupInput](r)
	if err != nil {
		return nil, err
	}
	if err := g.require(r, in.name()); err != nil {
		return nil, err
	}
	arn := in.KMSKeyID
	if awsreq.From(r).Operation == "DisassociateKmsKey" {
		arn = noKey
	} else if !strings.HasPrefix(arn, "arn:") {
		return nil, awserr.New("InvalidParameterException", "Specified kmsKeyId is not a valid Amazon Resource Name")
	}
	g.notes.set(keyOf(r, in.name()), groupKey, arn)
	return relay.Document(struct{}{})
}

// require refuses a request about a log group that does not exist.
func (g *groups) require(r *http.Request, name string) error {
	var out struct{ LogGroups []groupInput }
	caller := relay.Caller{Service: "logs", Region: awsreq.From(r).Region, Authorization: r.Header.Get("Authorization")}
	query := map[string]string{"logGroupNamePrefix": name}
	if err := relay.Call(r.Context(), g.moto, caller, "Logs_20140328.DescribeLogGroups", query, &out); err != nil {
		return err
	}
	if !slices.ContainsFunc(out.LogGroups, func(group groupInput) bool { return group.LogGroupName == name }) {
		return awserr.New("ResourceNotFoundException", "The specified log group does not exist.")
	}
	return nil
}

func (g *groups) describe(r *http.Request) (*relay.Answer, error) {
	return mendJSON(relay.Capture(g.moto, r), func(document map[string]any) {
		described, _ := document["logGroups"].([]any)
		for _, group := range described {
			if fields, ok := group.(map[string]any); ok {
				g.mend(r, fields)
			}
		}
	})
}

func (g *groups) mend(r *http.Request, fields map[string]any) {
	name, _ := fields["logGroupName"].(string)
	of := keyOf(r, name)
	fields[groupClass] = standardClass
	if class := g.notes.get(of, groupClass); class != "" {
		fields[groupClass] = class
	}
	switch arn := g.notes.get(of, groupKey); arn {
	case "":
	case noKey:
		delete(fields, groupKey)
	default:
		fields[groupKey] = arn
	}
}
