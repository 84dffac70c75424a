// Package awshttp makes the few calls of S3 and SNS that the functions make for every event, and those of AWS Config that
// the reports make for every page of results, straight over HTTP.
//
// The SDK's clients of these services are heavy for that: their packages' initialisation, middleware and checksums cost
// more start-up time, memory and processor time than the rest of the processor (docs/benchmarks.md has the numbers). Signing
// is the SDK's own. Retries mean what they mean in awsclients: attempts and backoff are the limit, and there is no bucket
// of tokens that a storm of throttling empties for good.
package awshttp

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// maxAnswer is the longest answer that is read, in bytes: that of a listing is the longest.
const maxAnswer = 4 << 20

// Settings say where and as whom clients call AWS.
type Settings struct {
	Region      string
	Endpoint    string // base URL in place of AWS's own endpoints, or ""
	Credentials aws.CredentialsProvider
	MaxBackoff  time.Duration // longest pause between two attempts; 0 is 20 s
}

// call is one call of AWS.
type call struct {
	service string
	method  string
	url     string
	header  map[string]string
	body    []byte
	tries   int  // at most; 0 is maxAttempts
	json    bool // errors are written in JSON, not in XML
	once    bool // what AWS has accepted must not be sent again, even if its answer can't be read
}

// answer is what AWS said.
type answer struct {
	header http.Header
	body   string
}

// client makes calls to one service.
type client struct {
	settings Settings
	http     *http.Client
	signer   *v4.Signer
}

func newClient(settings Settings) client {
	if settings.MaxBackoff == 0 {
		settings.MaxBackoff = defaultMaxBackoff
	}
	return client{
		settings: settings,
		http:     &http.Client{Transport: newTransport(), CheckRedirect: stay},
		signer: v4.NewSigner(func(options *v4.SignerOptions) {
			options.DisableURIPathEscaping = true // paths are escaped once, as S3 wants it
		}),
	}
}

// newTransport speaks HTTP/1.1 only, as both services do, and asks for no compression of answers of a few hundred bytes.
func newTransport() *http.Transport {
	const idle = 64 // connections; a function makes one call at a time, tests make many
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second,
		MaxIdleConns: idle, MaxIdleConnsPerHost: idle, DisableCompression: true, Protocols: http1(),
	}
}

func http1() *http.Protocols {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &protocols
}

// stay makes a redirection an answer like others: a signature is for one host only.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// do makes the call, again where that may help, and returns the answer of success. Its error is an *Error where AWS
// answered.
func (c client) do(ctx context.Context, call call) (answer, error) {
	tries := cmp.Or(call.tries, maxAttempts)
	for attempt := 1; ; attempt++ {
		got, err := c.try(ctx, call)
		if err == nil || attempt == tries || !again(err) || ctx.Err() != nil {
			return got, err
		}
		if wait(ctx, c.pause(attempt)) != nil {
			return got, err // what AWS said tells more than that time is over
		}
	}
}

// try makes the call once.
func (c client) try(ctx context.Context, call call) (answer, error) {
	request, err := c.request(ctx, call)
	if err != nil {
		return answer{}, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, transient{err}
	}
	body, err := readAll(response.Body)
	err = errors.Join(err, response.Body.Close())
	switch success := response.StatusCode/100 == 2; {
	case success && err != nil && call.once:
		return answer{}, fmt.Errorf("reading the answer: %w", err)
	case err != nil:
		return answer{}, transient{fmt.Errorf("reading the answer: %w", err)}
	case len(body) > maxAnswer:
		return answer{}, fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	case !success && call.json:
		return answer{}, newJSONError(response.StatusCode, response.Header, body)
	case !success:
		return answer{}, newError(response.StatusCode, body)
	}
	return answer{header: response.Header, body: body}, nil
}

// buffers are used again: an answer of unknown length takes several times its length to be read into a new one.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readAll reads an answer's body, or one byte more than is allowed of it.
func readAll(body io.Reader) (string, error) {
	buffer := buffers.Get().(*bytes.Buffer) // the pool holds nothing else
	defer buffers.Put(buffer)
	buffer.Reset()
	_, err := buffer.ReadFrom(io.LimitReader(body, maxAnswer+1))
	return buffer.String(), err
}

// request is the call as a signed request.
func (c client) request(ctx context.Context, call call) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, call.method, call.url, bytes.NewReader(call.body))
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	sum := sha256.Sum256(call.body)
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	for name, value := range call.header {
		request.Header.Set(name, value)
	}
	credentials, err := c.settings.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding credentials: %w", err)
	}
	return request, c.signer.SignHTTP(ctx, credentials, request, hash, call.service, c.settings.Region, time.Now())
}
