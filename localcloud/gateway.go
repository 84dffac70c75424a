package localcloud

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/faults"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdasvc"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/s3svc"
)

// gateway routes each request to the control endpoints, to the mend of its service, or straight to moto.
type gateway struct {
	control  http.Handler
	services map[string]http.Handler // by signing name; what is not here goes to moto as it is
	moto     http.Handler
	guard    guard
	log      *requestLogger
	faults   *faults.Orders
	watch    func(*http.Request, *awsreq.Info) func(status int) // hears of requests that may change something; see configsvc
	end      func() error                                       // ends what the services have started
}

// guard lets roles do what their policies let them.
type guard interface {
	Wrap(service string, handler http.Handler) http.Handler
}

// controlPrefix is where localcloud's own endpoints are. No AWS service has such a path, and no bucket such a name.
const controlPrefix = "/_localcloud/"

// motoPrefix is where moto's own endpoints are.
const motoPrefix = "/moto-api/"

// serveNetwork serves what came over the network: faults that were ordered strike it. The services' own calls to each
// other, which [gateway.ServeHTTP] serves, are spared.
func (g *gateway) serveNetwork(w http.ResponseWriter, r *http.Request) {
	g.serve(w, r, g.faults)
}

// ServeHTTP implements [http.Handler].
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.serve(w, r, nil) }

func (g *gateway) serve(w http.ResponseWriter, r *http.Request, orders *faults.Orders) {
	if refused := browserRequest(r); refused != "" {
		http.Error(w, refused, http.StatusForbidden)
		return
	}
	switch {
	case strings.HasPrefix(r.URL.Path, controlPrefix):
		g.control.ServeHTTP(w, r)
		return
	case strings.HasPrefix(r.URL.Path, motoPrefix):
		g.moto.ServeHTTP(w, r)
		return
	}
	start := time.Now()
	info := awsreq.Classify(r)
	served := g.watch(r, &info)
	recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	defer func() { // also where a fault breaks the connection off
		if served != nil {
			served(recorder.status)
		}
		g.log.write(entry{start: start, took: time.Since(start), request: r, info: info, status: recorder.status})
	}()
	r, handler := awsreq.With(r, &info), g.guard.Wrap(info.Service, g.serviceOf(info))
	if orders == nil {
		handler.ServeHTTP(recorder, r)
		return
	}
	orders.Serve(recorder, r, named(r, info), handler)
}

// named is what a request says about itself, with its operation also where only the path tells it.
func named(r *http.Request, info awsreq.Info) awsreq.Info {
	switch {
	case info.Operation != "":
	case info.Service == "s3":
		info.Operation = s3svc.Operation(r)
	case info.Service == "lambda":
		info.Operation = lambdasvc.Operation(r)
	}
	return info
}

// serviceOf is what answers the requests to a service.
func (g *gateway) serviceOf(info awsreq.Info) http.Handler {
	if handler := g.services[info.Service]; handler != nil {
		return handler
	}
	return g.moto
}

// browserRequest says why a request is refused that comes from a web page: a page of any site could otherwise drive
// the local cloud through the browser of whoever runs it. No SDK sends these headers.
func browserRequest(r *http.Request) string {
	for _, header := range []string{"Origin", "Sec-Fetch-Site"} {
		if r.Header.Get(header) != "" {
			return "localcloud does not answer browsers (the request has a header " + header + ")"
		}
	}
	return ""
}

// newProxy passes requests to moto as they came, and streams both ways.
func newProxy(target *url.URL, errors *log.Logger) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.Out.URL.Scheme, request.Out.URL.Host = target.Scheme, target.Host
			request.Out.URL.RawQuery = request.In.URL.RawQuery // as it came, without what Go can't parse taken out
			request.Out.Header.Del("Expect")                   // answered here, when the body is first read
		},
		Transport: &http.Transport{
			DisableCompression:  true,
			MaxIdleConnsPerHost: maxConcurrent,
			MaxIdleConns:        maxConcurrent,
			IdleConnTimeout:     time.Minute,
			WriteBufferSize:     64 << 10,
			ReadBufferSize:      64 << 10,
		},
		BufferPool:   newBuffers(),
		ErrorLog:     errors,
		ErrorHandler: motoUnreachable(errors),
	}
}

// motoUnreachable answers when moto did not: with a 503, which SDKs try again.
func motoUnreachable(errors *log.Logger) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() == nil {
			errors.Printf("passing %s %s to moto: %v", r.Method, r.URL.Path, err)
		}
		http.Error(w, "localcloud: moto did not answer: "+err.Error(), http.StatusServiceUnavailable)
	}
}
