package localcloud_test

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// clientOf is the configuration of a client of an instance.
func clientOf(endpoint string) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

var _ = Describe("The functions of an instance", func() {
	// busy lets a function work for long, and be idle in another environment, and gives the processes of both.
	busy := func(ctx context.Context, f running) (string, string) {
		GinkgoHelper()
		working := f.answer(ctx, do("pid"))
		f.queue(ctx, do("sleep"))
		idle := ""
		Eventually(func() string { // in the environment that is not working
			idle = f.answer(ctx, do("pid"))
			return idle
		}).WithContext(ctx).WithTimeout(time.Minute).ShouldNot(Equal(working))
		return working, idle
	}

	It("should end with it, and leave nothing behind", func(ctx SpecContext) {
		bootstrap() // the compiler has temporary files of its own
		temporary := GinkgoT().TempDir()
		GinkgoT().Setenv("TMPDIR", temporary)
		own, err := localcloud.Start(ctx, localcloud.Options{Addr: "127.0.0.1:0", Log: GinkgoWriter})
		Expect(err).NotTo(HaveOccurred())
		f := deploy(ctx, clientOf(own.Endpoint()), nil)
		f.answer(ctx, do("folder"))
		working, idle := busy(ctx, f)
		Expect(own.Close()).To(Succeed())
		Expect(gone(working)).To(BeTrue())
		Expect(gone(idle)).To(BeTrue())
		Expect(os.ReadDir(temporary)).To(BeEmpty())
	})

	It("should end with it when it is killed", func(ctx SpecContext) {
		if _, err := os.Stat("/proc/self/stat"); err != nil {
			Skip("only Linux lets children die with their parent")
		}
		address, state := freeAddress(), GinkgoT().TempDir()
		process := play(roleServe, address, state)
		Eventually(func() int {
			response, err := plain.Get("http://" + address + "/_localcloud/health")
			if err != nil {
				return 0
			}
			response.Body.Close()
			return response.StatusCode
		}).WithContext(ctx).WithTimeout(time.Minute).Should(Equal(200))
		f := deploy(ctx, clientOf("http://"+address), nil)
		working, idle := busy(ctx, f)
		Expect(process.Kill()).To(Succeed())
		Eventually(func() bool { return gone(working) && gone(idle) }).WithContext(ctx).WithTimeout(time.Minute).Should(BeTrue())
	})
})
