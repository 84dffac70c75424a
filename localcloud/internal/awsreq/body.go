package awsreq

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// actionWindow is how far into a form Action is looked for: every SDK puts it first.
const actionWindow = 512

// ErrTooLarge is the error of [Body] for a body over the limit.
var ErrTooLarge = errors.New("the body is too large")

// peekedBody is a body whose beginning has been looked at.
type peekedBody struct {
	*bufio.Reader
	io.Closer
}

// peek looks at the first bytes of a request's body and leaves it as it was.
func peek(r *http.Request, window int) string {
	if r.Body == nil || r.ContentLength == 0 {
		return ""
	}
	reader := bufio.NewReaderSize(r.Body, window)
	first, _ := reader.Peek(window) // what there is will do; an error comes again when the body is read
	start := string(first)
	r.Body = peekedBody{Reader: reader, Closer: r.Body}
	return start
}

// Body reads a request's body whole, up to a limit in bytes, and puts it back for the next reader.
func Body(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	content, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading the request's body: %w", err)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("reading the request's body: %w: over %d bytes", ErrTooLarge, limit)
	}
	SetBody(r, content)
	return content, nil
}

// SetBody replaces a request's body.
func SetBody(r *http.Request, content []byte) {
	r.Body = io.NopCloser(bytes.NewReader(content))
	r.ContentLength = int64(len(content))
	r.TransferEncoding = nil
	r.Header.Set("Content-Length", fmt.Sprint(len(content)))
}
