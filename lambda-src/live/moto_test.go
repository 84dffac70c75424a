package live_test

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// envPython names the Python interpreter that has moto, where moto_server is not on PATH.
const envPython = "COMPLIANCE_MOTO_PYTHON"

var motoListens = regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)

// startMoto starts moto on a port that the system chooses, and stops it at the end of the suite.
func startMoto() string {
	program, arguments := "moto_server", []string{}
	if python := os.Getenv(envPython); python != "" {
		program, arguments = python, []string{"-m", "moto.server"}
	}
	moto := exec.Command(program, append(arguments, "-H", "127.0.0.1", "-p", "0")...)
	output, err := moto.StderrPipe()
	Expect(err).NotTo(HaveOccurred())
	Expect(moto.Start()).To(Succeed(), "moto is needed: put moto_server (moto[server]) on PATH, or name a Python that has it in "+envPython)
	DeferCleanup(func() {
		_ = moto.Process.Kill()
		_ = moto.Wait()
	})

	found := make(chan string, 1)
	var said string
	go func() {
		defer close(found)
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if listens := motoListens.FindStringSubmatch(lines.Text()); listens != nil {
				found <- listens[1]
			}
			if len(said) < 4096 {
				said += lines.Text() + "\n"
			}
		}
	}()
	var url string
	Eventually(found, "60s").Should(Receive(&url), "moto does not start: %s", &said)
	return url
}
