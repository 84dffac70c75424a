package localcloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// probeTimeout is how long an instance may take to answer about its health.
const probeTimeout = 2 * time.Second

// ErrNotRunning is in the error of [Ask] when nothing listens on the address.
var ErrNotRunning = errors.New("no localcloud is running")

// errForeign is in the error of Ask when what listens is not localcloud, or does not answer.
var errForeign = errors.New("what listens is not localcloud")

// Ask asks the instance on an address for its health. The error has [ErrNotRunning] where nothing listens.
func Ask(ctx context.Context, address string) (Health, error) {
	var health Health
	response, err := call(ctx, http.MethodGet, address, "health")
	if err != nil {
		return health, err
	}
	defer response.Body.Close() //nolint:errcheck // read only
	content, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return health, fmt.Errorf("asking %s for its health: %w: %w", address, errForeign, err)
	}
	if err := json.Unmarshal(content, &health); err != nil || health.Name != Name {
		return Health{}, fmt.Errorf("asking %s for its health: %w", address, errForeign)
	}
	return health, nil
}

// answerLimit is how many bytes of an answer [Control] reads.
const answerLimit = 16 << 20

// Control calls one of the endpoints of its own that an instance has, such as "clock", where the instance's AWS_ENDPOINT_URL
// is endpoint. It decodes the JSON of the answer, whose status must be 200, into into. With a nil into, the answer is not
// read, and any status of success will do.
func Control(ctx context.Context, endpoint, method, path string, body []byte, into any) error {
	address := endpoint + controlPrefix + path
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("asking the local AWS: %w", err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // never through a proxy
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("asking the local AWS: %w; 'compliance local up' starts it", err)
	}
	defer response.Body.Close() //nolint:errcheck // read only
	content, err := io.ReadAll(io.LimitReader(response.Body, answerLimit))
	if err != nil {
		return fmt.Errorf("reading what %s answers: %w", address, err)
	}
	unread := into == nil && response.StatusCode < http.StatusMultipleChoices
	if response.StatusCode != http.StatusOK && !unread {
		return fmt.Errorf("%s %s answers %s: %s", method, address, response.Status, bytes.TrimSpace(content))
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("reading what %s answers: %w", address, err)
	}
	return nil
}

// call calls a control endpoint.
func call(ctx context.Context, method, address, endpoint string) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	request, err := http.NewRequestWithContext(ctx, method, "http://"+address+controlPrefix+endpoint, nil)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("asking %s: %w", address, err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // never through a proxy
	response, err := client.Do(request)
	if err != nil {
		cancel()
		return nil, classifyCall(address, err)
	}
	response.Body = &cancelledBody{ReadCloser: response.Body, cancel: cancel}
	return response, nil
}

// classifyCall tells "nobody there" from "somebody else there".
func classifyCall(address string, err error) error {
	var network *net.OpError
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("asking %s: %w", address, ErrNotRunning)
	}
	if errors.Is(err, context.Canceled) || (errors.As(err, &network) && network.Op == "dial") {
		return fmt.Errorf("asking %s: %w", address, err)
	}
	return fmt.Errorf("asking %s: %w: %w", address, errForeign, err)
}

// cancelledBody ends a call's context with its answer.
type cancelledBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close implements [io.Closer].
func (b *cancelledBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
