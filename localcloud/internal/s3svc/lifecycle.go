package s3svc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// lifecycle is a lifecycle configuration as it was put. Moto checks it, and forgets part of it.
type lifecycle struct {
	document    []byte
	minimumSize string // what transitions take, of header minimumSizeHeader
}

const (
	minimumSizeHeader  = "X-Amz-Transition-Default-Minimum-Object-Size"
	defaultMinimumSize = "all_storage_classes_128K"
	maxLifecycle       = 1 << 20 // bytes; a thousand rules fit
)

// serveLifecycle lets moto judge a lifecycle configuration, and gives back what was put.
func (h *Handler) serveLifecycle(w http.ResponseWriter, r *http.Request, about target) error {
	var put lifecycle
	if r.Method == http.MethodPut {
		body, err := awsreq.Body(r, maxLifecycle)
		if err != nil {
			return err
		}
		document, err := nameRules(body)
		if err != nil {
			return awserr.New("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
		}
		awsreq.SetBody(r, document)
		put = lifecycle{document: document, minimumSize: r.Header.Get(minimumSizeHeader)}
	}
	answer := relay.Capture(h.moto, r)
	if answer.OK() {
		h.keepLifecycle(r.Method, about, put, answer)
	}
	answer.Send(w)
	return nil
}

// keepLifecycle follows what moto accepted.
func (h *Handler) keepLifecycle(method string, about target, put lifecycle, answer *relay.Answer) {
	switch method {
	case http.MethodPut:
		if put.minimumSize == "" {
			put.minimumSize = defaultMinimumSize
		}
		h.lifecycles.put(about.bucket, put)
		answer.Header.Set(minimumSizeHeader, put.minimumSize)
	case http.MethodDelete:
		h.lifecycles.drop(about.bucket)
	case http.MethodGet:
		if held, found := h.lifecycles.get(about.bucket); found {
			answer.Body = held.document
			answer.Header.Set(minimumSizeHeader, held.minimumSize)
		}
	}
}

// nameRules gives each rule without an ID one, as S3 does, and leaves all else as it is.
func nameRules(document []byte) ([]byte, error) {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	var path []string
	var insertions []int64 // where a rule without an ID ends
	named := false
	for {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return insertIDs(document, insertions), nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the lifecycle configuration: %w", err)
		}
		switch element := token.(type) {
		case xml.StartElement:
			path = append(path, element.Name.Local)
			named = named && len(path) != 2 || len(path) == 3 && element.Name.Local == "ID"
		case xml.EndElement:
			if len(path) == 2 && element.Name.Local == "Rule" && !named {
				insertions = append(insertions, start)
			}
			path = path[:len(path)-1]
		}
	}
}

// insertIDs puts an ID before the end of each of the rules.
func insertIDs(document []byte, ends []int64) []byte {
	for _, end := range slices.Backward(ends) {
		id := []byte("<ID>" + awserr.RequestID() + "</ID>")
		document = slices.Concat(document[:end], id, document[end:])
	}
	return document
}
