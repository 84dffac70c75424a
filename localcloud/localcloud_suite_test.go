package localcloud_test

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// Environment of a copy of this test binary that plays another program.
const (
	envRole  = "LOCALCLOUD_TEST_ROLE" // roleServe or roleOld
	envAddr  = "LOCALCLOUD_TEST_ADDR"
	envState = "LOCALCLOUD_TEST_STATE"
)

const (
	roleServe = "serve" // the command that Up starts
	roleOld   = "old"   // an instance of another version
)

func TestMain(m *testing.M) {
	switch os.Getenv(envRole) {
	case roleServe:
		os.Exit(serveRole())
	case roleOld:
		serveOld(os.Getenv(envAddr))
	default:
		os.Exit(m.Run())
	}
}

// serveRole runs an instance until it is told to terminate, and gives the exit code.
func serveRole() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	options := localcloud.Options{Addr: os.Getenv(envAddr), StateDir: os.Getenv(envState), Log: os.Stderr}
	if err := localcloud.Serve(ctx, options); err != nil {
		println(err.Error())
		return 1
	}
	return 0
}

func TestSuite(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(30 * time.Second) // a busy machine is slow, and no spec waits for nothing to happen
	RunSpecs(t, "localcloud")
}

// cloud is the instance that the specs about the services share. Each spec names its own resources.
var (
	cloud  *localcloud.Cloud
	client aws.Config
	folder string
)

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	folder, err = os.MkdirTemp("", "localcloud-suite-")
	Expect(err).NotTo(HaveOccurred())
	cloud, err = localcloud.Start(ctx, localcloud.Options{Addr: "127.0.0.1:0", StateDir: filepath.Join(folder, "state"), Log: GinkgoWriter})
	Expect(err).NotTo(HaveOccurred())
	client = aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(cloud.Endpoint()),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
})

var _ = AfterSuite(func() {
	Expect(endBotocore()).To(Succeed())
	if cloud != nil {
		Expect(cloud.Close()).To(Succeed())
	}
	Expect(os.RemoveAll(folder)).To(Succeed())
})

// plain is an HTTP client that goes through no proxy and keeps no connection.
var plain = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
