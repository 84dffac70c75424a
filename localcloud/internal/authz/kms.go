package authz

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// Actions that a service takes on a key in the name of whoever uses an encrypted resource.
const (
	generateDataKey = "kms:GenerateDataKey"
	decrypt         = "kms:Decrypt"
)

// usesKey are the actions on queues and topics that need a key, and what they need it for. Publishing and sending need
// both: the services reuse data keys. Sources: the developer guides of SNS and SQS on encryption at rest.
var usesKey = map[string][]string{
	"sns:Publish":        {generateDataKey, decrypt},
	"sqs:SendMessage":    {generateDataKey, decrypt},
	"sqs:ReceiveMessage": {decrypt},
}

// permitKey refuses the use of an encrypted queue or topic to whoever may not use its key.
func (g *Guard) permitKey(r *http.Request, service string, asked requested, caller policy.Principal, key string) error {
	needed := usesKey[asked.action]
	if needed == nil || key == "" {
		return nil
	}
	keys := baseKeys(r, caller, g.now())
	keys.Set("kms:ViaService", service+"."+awsreq.From(r).Region+".amazonaws.com")
	keys.Set("kms:EncryptionContext:aws:"+service+":arn", asked.resources[0])
	return g.PermitKey(r.Context(), key, caller, keys, needed...)
}

// PermitKey decides about the use of a key, by its policy and the role's. A key policy that lets in the account leaves it
// to the role's policies; one that does not must let in the role itself. A key that does not exist is left to the role's
// policies, too: that there is none is for KMS to say.
func (g *Guard) PermitKey(ctx context.Context, key string, caller policy.Principal, keys policy.Keys, actions ...string) error {
	arn := arns{service: "kms", region: region(key), account: caller.Account}.key(key)[0]
	document, err := g.keys.Get(key, func() (*policy.Document, error) { return g.keyPolicy(ctx, key) })
	if err != nil {
		return err
	}
	for _, action := range actions {
		request := policy.Request{Action: action, Resource: arn, Principal: caller, Keys: keys}
		if silent(document, request) {
			g.keep(request, ImplicitDeny, "")
			return denied(request, "because no resource-based policy allows the "+action+" action")
		}
		if err := g.Permit(ctx, request, attributes{policy: document}.grant(request)); err != nil {
			return err
		}
	}
	return nil
}

// silent says whether a key's policy lets in neither the caller nor the account. Then the role's policies count for nothing.
func silent(document *policy.Document, request policy.Request) bool {
	return document != nil && document.Decide(request).Effect == policy.Silent
}

func region(key string) string {
	if parts := strings.SplitN(key, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return awsreq.DefaultRegion
}

// keyPolicy is nil for a key that does not exist.
func (g *Guard) keyPolicy(ctx context.Context, key string) (*policy.Document, error) {
	var answer struct{ Policy string }
	caller := relay.Caller{Service: "kms", Region: region(key)}
	in := map[string]string{"KeyId": key, "PolicyName": "default"}
	err := relay.Call(ctx, g.moto, caller, "TrentService.GetKeyPolicy", in, &answer)
	var fault *awserr.Error
	if errors.As(err, &fault) && fault.Code == "NotFoundException" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	document, err := policy.Parse([]byte(answer.Policy))
	if err != nil {
		return nil, fmt.Errorf("reading the policy of key %s: %w", key, err)
	}
	return document, nil
}
