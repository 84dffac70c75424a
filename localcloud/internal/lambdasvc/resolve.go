package lambdasvc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/lambdarun"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// target is what an invocation is for.
type target struct {
	key        functionKey
	qualifier  string // as the caller named it; latest where it did not
	invokedARN string // as the caller named it, in full
	function   *lambdarun.Function
	deadLetter string // ARN; empty for none
	settings   eventInvokeConfig
}

// description is how moto describes a function, with what is kept of it.
type description struct {
	Architectures    []string
	DeadLetterConfig struct{ TargetArn string }
	Environment      struct{ Variables map[string]string }
	FunctionArn      string
	FunctionName     string
	Handler          string
	LoggingConfig    map[string]string
	MemorySize       int
	PackageType      string
	RevisionID       string `json:"RevisionId"`
	Role             string
	Runtime          string
	Timeout          int
	Version          string
}

// alias is which versions an alias stands for.
type alias struct {
	FunctionVersion string
	RoutingConfig   *struct{ AdditionalVersionWeights map[string]float64 }
}

var versionPattern = regexp.MustCompile(`^(\$LATEST|[0-9]+)$`)

// resolve finds what a reference means now.
func (h *Handler) resolve(ctx context.Context, region string, about reference) (*target, error) {
	found := &target{key: functionKey{region: region, name: about.name}, qualifier: about.qualifier}
	version := about.qualifier
	switch {
	case version == "":
		found.qualifier, version = latest, latest
	case !versionPattern.MatchString(version):
		named, err := describe[alias](ctx, h, region, about.name, "aliases/"+url.PathEscape(version))
		if err != nil {
			return nil, unknown(region, about, err)
		}
		version = named.pick(rand.Float64()) //nolint:gosec // it spreads load, and keeps no secret
	}
	configuration, err := describe[description](ctx, h, region, about.name, "configuration?Qualifier="+url.QueryEscape(version))
	if err != nil {
		return nil, unknown(region, about, err)
	}
	found.function = configuration.function(region)
	found.deadLetter = configuration.DeadLetterConfig.TargetArn
	found.invokedARN = found.function.ARN
	if about.qualifier != "" {
		found.invokedARN += ":" + about.qualifier
	}
	h.functions.look(found.key, func(kept *function) {
		found.settings = kept.invokeConfigs[found.qualifier]
		found.function.Reserved = kept.concurrency
		found.function.Root = kept.code[version]
	})
	return found, configuration.runnable(found.function)
}

// pick chooses the version that an alias stands for this time; chance is between 0 and 1.
func (a alias) pick(chance float64) string {
	if a.RoutingConfig == nil {
		return a.FunctionVersion
	}
	for version, weight := range a.RoutingConfig.AdditionalVersionWeights { // AWS allows one
		if chance < weight {
			return version
		}
		chance -= weight
	}
	return a.FunctionVersion
}

// function is what the runner needs to know.
func (d description) function(region string) *lambdarun.Function {
	base, _, _ := strings.Cut(d.FunctionArn, ":function:")
	architecture := lambdarun.ArchitectureX8664
	if len(d.Architectures) > 0 {
		architecture = d.Architectures[0]
	}
	return &lambdarun.Function{
		ARN: base + ":function:" + d.FunctionName, Name: d.FunctionName, Version: d.Version, Region: region,
		Revision: d.RevisionID, Runtime: d.Runtime, Handler: d.Handler, Role: d.Role, Architecture: architecture,
		MemoryMB: d.MemorySize, Timeout: time.Duration(d.Timeout) * time.Second, Environment: d.Environment.Variables,
		Logging: lambdarun.Logging{
			Group: d.LoggingConfig["LogGroup"], Format: d.LoggingConfig["LogFormat"],
			ApplicationLevel: d.LoggingConfig["ApplicationLogLevel"], SystemLevel: d.LoggingConfig["SystemLogLevel"],
		},
	}
}

// runnable says why localcloud can't run a function that AWS can.
func (d description) runnable(f *lambdarun.Function) error {
	switch {
	case d.PackageType == "Image":
		return notRunnable("the function %s is an image, and localcloud runs zips only", f.Name)
	case !strings.HasPrefix(f.Runtime, "provided."):
		return notRunnable("the function %s has the runtime %s, and localcloud runs provided.al2023 and provided.al2 only, "+
			"whose zips bring their own bootstrap", f.Name, f.Runtime)
	case f.Root == "":
		return notRunnable("localcloud has no code of the function %s, version %s: deploy it again", f.Name, f.Version)
	}
	return nil
}

func notRunnable(format string, arguments ...any) error {
	return &awserr.Error{Status: http.StatusBadGateway, Code: "InvalidRuntimeException", Message: fmt.Sprintf(format, arguments...)}
}

// unknown turns moto's error about a function that is not there into AWS's.
func unknown(region string, about reference, err error) error {
	var fault *awserr.Error
	if !errors.As(err, &fault) || fault.Status != http.StatusNotFound {
		return err
	}
	arn := "arn:aws:lambda:" + region + ":" + account + ":function:" + about.name
	if about.qualifier != "" {
		arn += ":" + about.qualifier
	}
	return notFound("Function not found: " + arn)
}

// account is the one account that there is.
const account = "123456789012"

// descriptions remembers what moto said of functions, until something changes one.
type descriptions struct {
	mu    sync.Mutex
	turn  int // counts the changes: what was asked for before one is not remembered after it
	known map[string]any
}

func newDescriptions() *descriptions { return &descriptions{known: map[string]any{}} }

func (d *descriptions) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn++
	clear(d.known)
}

func (d *descriptions) find(path string) (any, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[path], d.turn
}

func (d *descriptions) keep(path string, value any, turn int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if turn == d.turn {
		d.known[path] = value
	}
}

// describe asks moto for something about a function, through the handler, which adds what it keeps.
func describe[T any](ctx context.Context, h *Handler, region, name, member string) (T, error) {
	path := "/2015-03-31/functions/" + url.PathEscape(name) + "/" + member
	remembered, turn := h.described.find(region + path)
	if found, ok := remembered.(T); ok {
		return found, nil
	}
	var found T
	answer, err := relay.Ask(ctx, h.within(region), relay.Caller{Service: "lambda", Region: region}, http.MethodGet, path, "", nil)
	if err != nil {
		return found, err
	}
	if !answer.OK() {
		var said struct{ Message string }
		json.Unmarshal(answer.Body, &said) //nolint:errcheck,gosec // the status tells
		return found, &awserr.Error{Status: answer.Status, Code: "ServiceException", Message: said.Message}
	}
	if err := json.Unmarshal(answer.Body, &found); err != nil {
		return found, fmt.Errorf("decoding moto's description of the function %s: %w", name, err)
	}
	h.described.keep(region+path, found, turn)
	return found, nil
}

// within is the handler for requests of localcloud's own.
func (h *Handler) within(region string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, awsreq.With(r, &awsreq.Info{Service: "lambda", Region: region}))
	})
}
