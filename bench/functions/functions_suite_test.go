package functions

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

func TestFunctions(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Benchmark of the functions")
}

// scripted is the variable that makes this program a function that is measured.
const scripted = "BENCH_SUBJECT"

func TestMain(m *testing.M) {
	script := os.Getenv(scripted)
	if script == "" {
		os.Exit(m.Run())
	}
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"
	post := func(path string, body io.Reader) {
		answer, err := http.Post(api+path, "application/json", body)
		if err != nil {
			os.Exit(1)
		}
		_ = answer.Body.Close()
	}
	if script == "fail to start" {
		post("init/error", strings.NewReader("broken"))
	} else {
		for _, kind := range []string{"response", "error"} {
			next, err := http.Get(api + "invocation/next") //nolint:bodyclose // posting the body closes it
			if err != nil {
				os.Exit(1)
			}
			post("invocation/"+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/"+kind, next.Body)
		}
	}
	time.Sleep(time.Minute) // until it is killed
}
