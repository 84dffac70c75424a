package localcloud

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how an instance is started. The zero value is good.
type Options struct {
	Addr     string    // host:port to listen on, loopback only; DefaultAddress if empty; port 0 takes a free one
	Python   string    // interpreter that can import moto; python3 if empty
	StateDir string    // folder for logs and the instance file; a temporary one, removed at the end, if empty
	Log      io.Writer // for what people should see; discarded if nil
}

// closeGrace is how long requests under way may take to end when an instance closes.
const closeGrace = 2 * time.Second

// Cloud is one running instance.
type Cloud struct {
	state    *state
	listener net.Listener
	server   *http.Server
	log      *log.Logger
	requests *requestLogger
	moto     *moto
	health   atomic.Pointer[Health]
	ready    atomic.Pointer[gateway]
	leaving  chan struct{} // closed when somebody asked for the end, or moto died
	leave    func()
	close    func() error
}

// Start starts an instance and returns when it is ready. The context bounds the start only; [Cloud.Close] ends the
// instance. The error says what to do when there is no Python, when Python has no moto, when the address is not a
// loopback one, and when it is taken ([ErrPortTaken]).
func Start(ctx context.Context, options Options) (*Cloud, error) {
	options = options.withDefaults()
	began := time.Now()
	listener, err := listen(options.Addr)
	if err != nil {
		return nil, err
	}
	folder, err := openState(options.StateDir)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	cloud, err := newCloud(folder, listener, options.Log)
	if err != nil {
		return nil, errors.Join(err, folder.close(), listener.Close())
	}
	if err := cloud.start(ctx, options.Python, began); err != nil {
		return nil, errors.Join(err, cloud.Close())
	}
	return cloud, nil
}

// Serve runs an instance until the context ends or somebody asks it to shut down. It is what a command that [Up]
// spawns calls.
func Serve(ctx context.Context, options Options) error {
	cloud, err := Start(ctx, options)
	if err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to end while it started
		}
		return err
	}
	select {
	case <-ctx.Done():
	case <-cloud.Done():
	}
	motoDied := cloud.motoGone()
	err = cloud.Close()
	if motoDied {
		err = errors.Join(errors.New("serving: moto ended by itself; its state is gone, start localcloud again"), err)
	}
	return err
}

// Endpoint is the URL to give to AWS clients as AWS_ENDPOINT_URL.
func (c *Cloud) Endpoint() string { return "http://" + c.listener.Addr().String() }

// Instance is the random id of this run. Whoever kept anything under another id must know that it is gone.
func (c *Cloud) Instance() string { return c.health.Load().Instance }

// Health is what the health endpoint answers.
func (c *Cloud) Health() Health { return *c.health.Load() }

// Done is closed when the instance was asked to end, or when moto died.
func (c *Cloud) Done() <-chan struct{} { return c.leaving }

// Close ends the instance and moto, and returns when neither is left. Closing twice is the same as once.
func (c *Cloud) Close() error { return c.close() }

func (o Options) withDefaults() Options {
	if o.Addr == "" {
		o.Addr = DefaultAddress
	}
	if o.Python == "" {
		o.Python = "python3"
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	return o
}

func newCloud(folder *state, listener net.Listener, out io.Writer) (*Cloud, error) {
	requests, err := newRequestLogger(folder.path(requestLog))
	if err != nil {
		return nil, err
	}
	id := make([]byte, 8)
	rand.Read(id)
	c := &Cloud{
		state: folder, listener: listener, requests: requests,
		log:     log.New(out, "localcloud: ", log.LstdFlags),
		leaving: make(chan struct{}),
	}
	c.leave = sync.OnceFunc(func() { close(c.leaving) })
	c.close = sync.OnceValue(c.shutDown)
	c.health.Store(&Health{
		Name: Name, Status: StatusStarting, Instance: hex.EncodeToString(id), PID: os.Getpid(), Version: Version(),
		Address: listener.Addr().String(), StateDir: folder.folder, Started: time.Now().UTC(),
	})
	c.server = &http.Server{Handler: http.HandlerFunc(c.serve), ReadHeaderTimeout: time.Minute, ErrorLog: c.log}
	return c, nil
}

// start serves at once, so that whoever asks sees that this instance is starting, and starts moto behind.
func (c *Cloud) start(ctx context.Context, python string, began time.Time) error {
	if err := c.state.announce(c.Health()); err != nil {
		return err
	}
	go c.server.Serve(c.listener) //nolint:errcheck // it ends when the server is closed
	moto, err := startMoto(ctx, python, c.state.path(motoLog))
	if err != nil {
		return err
	}
	c.moto = moto
	motoTook := time.Since(began)
	go c.watchMoto()
	gateway, err := assemble(c)
	if err != nil {
		return err
	}
	health := c.Health()
	health.Status, health.MotoPID, health.Moto = StatusReady, moto.cmd.Process.Pid, moto.ready.Version
	health.StartTimes = StartTimes{Moto: motoTook.Milliseconds(), Total: time.Since(began).Milliseconds()}
	if err := c.state.announce(health); err != nil {
		return err
	}
	c.health.Store(&health)
	c.ready.Store(gateway)
	c.log.Printf("ready on %s after %d ms (%d of them moto %s), instance %s, logs in %s", c.Endpoint(),
		health.StartTimes.Total, health.StartTimes.Moto, health.Moto, health.Instance, health.StateDir)
	return nil
}

// serve hands requests to the gateway as soon as there is one.
func (c *Cloud) serve(w http.ResponseWriter, r *http.Request) {
	if gateway := c.ready.Load(); gateway != nil {
		gateway.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == controlPrefix+"health" {
		c.control(nil).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	http.Error(w, "localcloud is starting", http.StatusServiceUnavailable)
}

func (c *Cloud) control(more map[string]http.Handler) *control {
	return &control{health: c.Health, shutdown: c.leave, more: more}
}

// watchMoto lets the instance end when moto does: its state is gone.
func (c *Cloud) watchMoto() {
	<-c.moto.exited
	c.leave()
}

// motoGone says whether moto has ended.
func (c *Cloud) motoGone() bool {
	select {
	case <-c.moto.exited:
		return true
	default:
		return false
	}
}

// shutDown ends everything in turn.
func (c *Cloud) shutDown() error {
	health := c.Health()
	health.Status = StatusStopping
	c.health.Store(&health)
	c.leave()
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	var faults []error
	if err := c.server.Shutdown(ctx); err != nil {
		if err := c.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			faults = append(faults, fmt.Errorf("closing the gateway: %w", err))
		}
	}
	if err := c.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		faults = append(faults, fmt.Errorf("closing the listener: %w", err))
	}
	if gateway := c.ready.Load(); gateway != nil {
		gateway.close()
	}
	if c.moto != nil {
		c.moto.stop()
	}
	return errors.Join(append(faults, c.requests.close(), c.state.close())...)
}
