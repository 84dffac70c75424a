package localcloud

import (
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
