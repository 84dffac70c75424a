package localcloud

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
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

// startForBenchmark starts an instance, moto included.
func startForBenchmark(b *testing.B) *Cloud {
	b.Helper()
	cloud, err := Start(b.Context(), Options{Addr: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	return cloud
}

// BenchmarkStart measures how long an instance takes until it is ready: moto's own start, and what the gateway adds to it.
func BenchmarkStart(b *testing.B) {
	var moto, ours []time.Duration
	for b.Loop() {
		cloud := startForBenchmark(b)
		took := cloud.Health().StartTimes
		moto = append(moto, time.Duration(took.Moto)*time.Millisecond)
		ours = append(ours, time.Duration(took.Total-took.Moto)*time.Millisecond)
		b.StopTimer()
		if err := cloud.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(milliseconds(median(moto)), "moto-ms")
	b.ReportMetric(milliseconds(median(ours)), "gateway-ms")
}

// BenchmarkAdded measures what the gateway adds to a call that it passes through to moto: the same call directly and
// through the gateway, in turn, and the median of the differences.
func BenchmarkAdded(b *testing.B) {
	cloud := startForBenchmark(b)
	defer cloud.Close()
	ways := []string{cloud.moto.url().String(), cloud.Endpoint()}
	for range 50 { // until both have loaded what they need
		for _, way := range ways {
			passed(b, way)
		}
	}
	var directly, added []time.Duration
	turn := 0
	for b.Loop() {
		var took [2]time.Duration
		for i := range ways {
			which := (turn + i) % len(ways) // neither is always the first
			took[which] = passed(b, ways[which])
		}
		turn++
		directly, added = append(directly, took[0]), append(added, took[1]-took[0])
	}
	b.ReportMetric(milliseconds(median(directly)), "direct-ms")
	b.ReportMetric(milliseconds(median(added)), "added-ms")
}

// passed is how long a call takes that the gateway has no hand in.
func passed(b *testing.B, way string) time.Duration {
	b.Helper()
	body := strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15")
	request, err := http.NewRequest(http.MethodPost, way, body)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=x")
	began := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if content, err := io.ReadAll(response.Body); err != nil || !strings.Contains(string(content), "<Account>123456789012</Account>") {
		b.Fatalf("the answer is %s %q, %v", response.Status, content, err)
	}
	return time.Since(began)
}

func milliseconds(length time.Duration) float64 { return float64(length) / float64(time.Millisecond) }

func median(lengths []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(lengths))
	return sorted[len(sorted)/2]
}
