package s3svc

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// keyHeader names the key that an object is or is to be encrypted with.
const keyHeader = "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"

// usesKey are the actions on objects that need the key that the object is encrypted with, and what for. A part of
// a multipart upload is a PutObject, too, and S3 reads parts back to put them together.
var usesKey = map[string][]string{
	"s3:GetObject":        {"kms:Decrypt"},
	"s3:GetObjectVersion": {"kms:Decrypt"},
	"s3:PutObject":        {"kms:GenerateDataKey"},
}

// permit lets the guard decide about a check of a role's session.
func (h *Handler) permit(r *http.Request, required check, caller policy.Principal, keys policy.Keys) error {
	ctx := r.Context()
	keys.Set("aws:ResourceAccount", caller.Account)
	request := policy.Request{Action: required.action, Resource: required.about.arn(), Principal: caller, Keys: keys}
	if err := h.guard.Permit(ctx, request, h.grant(required, request)); err != nil {
		return err
	}
	actions := usesKey[required.action]
	if actions == nil {
		return nil
	}
	if required.action != "s3:PutObject" {
		missing, err := h.missing(ctx, required.about)
		if err != nil || missing {
			return h.permitMissing(ctx, request, required.about, err)
		}
	}
	key, err := h.keys.Get(required.about.bucket, func() (string, error) { return h.bucketKey(ctx, required.about.bucket) })
	if named := r.Header.Get(keyHeader); named != "" {
		key = named
	}
	if err != nil || key == "" {
		return err
	}
	if required.action == "s3:PutObject" && (r.URL.Query().Has("uploadId") || r.URL.Query().Has("uploads")) {
		actions = []string{"kms:GenerateDataKey", "kms:Decrypt"}
	}
	keys.Set("kms:ViaService", "s3."+awsreq.From(r).Region+".amazonaws.com")
	keys.Set("kms:EncryptionContext:aws:s3:arn", target{bucket: required.about.bucket}.arn()) // as with a bucket key
	return h.guard.PermitKey(ctx, key, caller, keys, actions...)
}

// permitMissing lets nobody know that an object does not exist who may not list the bucket. The request has no prefix.
func (h *Handler) permitMissing(ctx context.Context, request policy.Request, about target, err error) error {
	if err != nil {
		return err
	}
	listing := check{action: "s3:ListBucket", about: target{bucket: about.bucket}}
	request.Action, request.Resource = listing.action, listing.about.arn()
	return h.guard.Permit(ctx, request, h.grant(listing, request))
}

// grant is what the bucket's policy says to the caller itself.
func (h *Handler) grant(required check, request policy.Request) policy.Decision {
	held, found := h.policies.get(required.about.bucket)
	if !found {
		return policy.Decision{}
	}
	return held.document.Grants(request)
}

func (h *Handler) missing(ctx context.Context, about target) (bool, error) {
	path := "/" + about.bucket + "/" + (&url.URL{Path: about.key}).EscapedPath()
	answer, err := relay.Ask(ctx, h.moto, relay.Caller{Service: "s3", Region: awsreq.DefaultRegion}, http.MethodHead, path, "", nil)
	if err != nil {
		return false, err
	}
	return answer.Status == http.StatusNotFound, nil
}

// bucketKey is the key that a bucket encrypts with by default, or empty.
func (h *Handler) bucketKey(ctx context.Context, bucket string) (string, error) {
	caller := relay.Caller{Service: "s3", Region: awsreq.DefaultRegion}
	answer, err := relay.Ask(ctx, h.moto, caller, http.MethodGet, "/"+bucket+"?encryption", "", nil)
	if err != nil || !answer.OK() {
		return "", err
	}
	var found struct {
		Key string `xml:"Rule>ApplyServerSideEncryptionByDefault>KMSMasterKeyID"`
	}
	if err := xml.Unmarshal(answer.Body, &found); err != nil {
		return "", fmt.Errorf("decoding moto's answer about the encryption of %s: %w", bucket, err)
	}
	return found.Key, nil
}
