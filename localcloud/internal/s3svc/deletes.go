package s3svc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// maxDelete is how many bytes a request to delete many objects may have: a thousand keys of a kilobyte fit.
const maxDelete = 4 << 20

// deletion is a request to delete many objects.
type deletion struct {
	XMLName xml.Name        `xml:"Delete"`
	Quiet   bool            `xml:"Quiet,omitempty"`
	Objects []deletedObject `xml:"Object"`
}

type deletedObject struct {
	Key       string `xml:"Key"`
	VersionID string `xml:"VersionId,omitempty"`
	ETag      string `xml:"ETag,omitempty"`
}

// deletionError is what is answered for an object that may not be deleted.
type deletionError struct {
	XMLName   xml.Name `xml:"Error"`
	Key       string   `xml:"Key"`
	VersionID string   `xml:"VersionId,omitempty"`
	Code      string   `xml:"Code"`
	Message   string   `xml:"Message"`
}

// deleteObjects deletes the objects that no policy denies, and answers with an error for each of the others.
func (h *Handler) deleteObjects(w http.ResponseWriter, r *http.Request, about target) error {
	if _, found := h.policies.get(about.bucket); !found {
		h.moto.ServeHTTP(w, r)
		return nil
	}
	body, err := awsreq.Body(r, maxDelete)
	if err != nil {
		return err
	}
	var request deletion
	if err := xml.Unmarshal(body, &request); err != nil {
		return awserr.New("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	refused, err := h.splitDeletion(r, about, &request)
	if err != nil {
		return err
	}
	if len(refused) == 0 {
		h.moto.ServeHTTP(w, r)
		return nil
	}
	answer, err := h.deleteRest(r, request)
	if err != nil {
		return err
	}
	if err := appendErrors(answer, refused); err != nil {
		return err
	}
	answer.Send(w)
	return nil
}

// splitDeletion takes the objects out of a request that may not be deleted, and gives the error of each.
func (h *Handler) splitDeletion(r *http.Request, about target, request *deletion) ([]deletionError, error) {
	caller, err := h.identity(r)
	if err != nil {
		return nil, fmt.Errorf("finding out who the caller is: %w", err)
	}
	keys := conditionKeys(r, caller, h.now())
	var refused []deletionError
	var kept []deletedObject
	for _, object := range request.Objects {
		required := check{"s3:DeleteObject", target{bucket: about.bucket, key: object.Key}}
		if object.VersionID != "" {
			required.action = "s3:DeleteObjectVersion"
		}
		if h.decide(required, caller, keys).Effect != policy.Deny {
			kept = append(kept, object)
			continue
		}
		var fault *awserr.Error
		errors.As(denied(caller, required), &fault)
		refused = append(refused, deletionError{Key: object.Key, VersionID: object.VersionID, Code: fault.Code, Message: fault.Message})
	}
	request.Objects = kept
	return refused, nil
}

// deleteRest lets moto delete what is left of a request.
func (h *Handler) deleteRest(r *http.Request, request deletion) (*relay.Answer, error) {
	if len(request.Objects) == 0 {
		empty := &relay.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/xml"}}}
		awserr.IdentifyS3(empty.Header)
		empty.Body = []byte(`<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></DeleteResult>`)
		return empty, nil
	}
	body, err := xml.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("encoding the objects to delete: %w", err)
	}
	rest := r.Clone(r.Context())
	awsreq.SetBody(rest, body)
	rest.Header.Del("Content-Md5")
	return relay.Capture(h.moto, rest), nil
}

// appendErrors adds errors to what moto answered.
func appendErrors(answer *relay.Answer, refused []deletionError) error {
	end := []byte("</DeleteResult>")
	at := bytes.LastIndex(answer.Body, end)
	if !answer.OK() || at < 0 {
		return nil
	}
	listed, err := xml.Marshal(refused)
	if err != nil {
		return fmt.Errorf("encoding the objects that were not deleted: %w", err)
	}
	answer.Body = append(append(answer.Body[:at:at], listed...), end...)
	return nil
}
