package localcloud

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/authz"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/clock"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/configsvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// BenchmarkPassingThrough measures what the gateway adds to a call: the same call, to the same server, with and
// without it between.
func BenchmarkPassingThrough(b *testing.B) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "answer")
	}))
	defer upstream.Close()
	target, err := url.Parse(upstream.URL)
	if err != nil {
		b.Fatal(err)
	}
	requests, err := newRequestLogger(filepath.Join(b.TempDir(), requestLog))
	if err != nil {
		b.Fatal(err)
	}
	defer requests.close()
	nobody := func(*http.Request) (policy.Principal, error) { return policy.Principal{}, nil }
	proxy := newProxy(target, log.New(io.Discard, "", 0))
	gate := httptest.NewServer(&gateway{
		moto: proxy, guard: authz.New(proxy, nobody, time.Now), log: requests,
		watch: configsvc.New(configsvc.Options{Clock: clock.New()}).Watch,
	})
	defer gate.Close()
	for name, address := range map[string]string{"directly": upstream.URL, "through the gateway": gate.URL} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				request, err := http.NewRequest(http.MethodPost, address, http.NoBody)
				if err != nil {
					b.Fatal(err)
				}
				request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=x")
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					b.Fatal(err)
				}
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
}
