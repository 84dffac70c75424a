package lambdasvc

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// unpack unpacks the zip that a request brings, or that it names in S3, and gives its folder. There is none where the
// request has no zip, or names one that is not there: moto says so then.
func (h *Handler) unpack(r *http.Request, in request) (string, error) {
	content, err := h.zip(r, in)
	if err != nil || content == nil {
		return "", err
	}
	digest := sha256.Sum256(content)
	folder := filepath.Join(h.Folder, hex.EncodeToString(digest[:]))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil // the same code as another function's, or as before
	}
	if err := os.MkdirAll(h.Folder, 0o755); err != nil {
		return "", fmt.Errorf("making a folder for the code of functions: %w", err)
	}
	draft, err := os.MkdirTemp(h.Folder, "new-")
	if err != nil {
		return "", fmt.Errorf("making a folder for the code of a function: %w", err)
	}
	if err := lambdarun.Unpack(content, draft); err != nil {
		return "", unpackFault(err)
	}
	if err := os.Rename(draft, folder); err != nil {
		if _, found := os.Stat(folder); found == nil { // somebody else was quicker
			return folder, os.RemoveAll(draft)
		}
		return "", fmt.Errorf("keeping the code of a function: %w", err)
	}
	return folder, nil
}

// unpackFault is what AWS answers for a zip that it can't unpack.
func unpackFault(err error) error {
	switch {
	case errors.Is(err, lambdarun.ErrTooLarge):
		return awserr.New("InvalidParameterValueException", "Unzipped size must be smaller than 262144000 bytes")
	case errors.Is(err, lambdarun.ErrNoZip):
		return awserr.New("InvalidParameterValueException",
			"Could not unzip uploaded file. Please check your file, then try to upload again. (localcloud: %v)", err)
	}
	return err
}

// zip is the zip that a request brings or names; nil where there is none.
func (h *Handler) zip(r *http.Request, in request) ([]byte, error) {
	if raw, given := in["ZipFile"]; given {
		var content []byte
		if err := json.Unmarshal(raw, &content); err != nil {
			return nil, awserr.New("InvalidRequestContentException", "Could not parse ZipFile: %v", err)
		}
		return content, nil
	}
	bucket, key := in.text("S3Bucket"), in.text("S3Key")
	if bucket == "" || key == "" {
		return nil, nil
	}
	path := "/" + url.PathEscape(bucket) + "/" + (&url.URL{Path: key}).EscapedPath()
	if version := in.text("S3ObjectVersion"); version != "" {
		path += "?versionId=" + url.QueryEscape(version)
	}
	caller := relay.Caller{Service: "s3", Region: awsreq.From(r).Region}
	answer, err := relay.Ask(r.Context(), h.Moto, caller, http.MethodGet, path, "", nil)
	if err != nil || !answer.OK() {
		return nil, err
	}
	return answer.Body, nil
}
