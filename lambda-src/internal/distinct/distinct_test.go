package distinct_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/distinct"
)

func temporary() *os.File {
	file, err := os.Create(filepath.Join(GinkgoT().TempDir(), "keys"))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(file.Close)
	return file
}

// heapAfter counts n different keys, each three times, and returns how many bytes the heap then holds.
func heapAfter(n int) uint64 {
	counter := distinct.NewCounter(temporary())
	for i := range 3 * n {
		Expect(counter.Add([]byte(fmt.Sprint(i%n)), i%n < 7 && i < n)).To(Succeed())
	}
	marked, unmarked, err := counter.Count()
	Expect(err).NotTo(HaveOccurred())
	Expect([]int{marked, unmarked}).To(Equal([]int{7, n - 7}))
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	runtime.KeepAlive(counter)
	return memory.HeapAlloc
}

var _ = Describe("The counter", func() {
	It("should count nothing when nothing was added", func() {
		marked, unmarked, err := distinct.NewCounter(temporary()).Count()
		Expect(err).NotTo(HaveOccurred())
		Expect(marked + unmarked).To(BeZero())
	})

	It("should count a key as marked when it was marked once, first or last", func() {
		counter := distinct.NewCounter(temporary())
		for _, add := range []struct {
			key    string
			marked bool
		}{{"a", true}, {"a", false}, {"b", false}, {"b", true}, {"c", false}, {"c", false}} {
			Expect(counter.Add([]byte(add.key), add.marked)).To(Succeed())
		}
		marked, unmarked, err := counter.Count()
		Expect(err).NotTo(HaveOccurred())
		Expect([]int{marked, unmarked}).To(Equal([]int{2, 1}))
	})

	It("should count exactly across many runs on disk, in memory that does not grow", func() {
		few, many := heapAfter(1_000), heapAfter(70_000)
		Expect(many).To(BeNumerically("<", few+1<<20))
	})

	It("should say so when the disk can't be written", func() {
		file, err := os.Open(os.DevNull)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(file.Close)
		counter := distinct.NewCounter(file)
		var failed error
		for i := 0; i < 40_000 && failed == nil; i++ {
			failed = counter.Add([]byte(fmt.Sprint(i)), false)
		}
		Expect(failed).To(MatchError(ContainSubstring("writing keys to disk")))
		_, _, err = counter.Count()
		Expect(err).To(MatchError(ContainSubstring("writing keys to disk")))
	})

	It("should say so when the disk can't be read", func() {
		name := filepath.Join(GinkgoT().TempDir(), "keys")
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(file.Close)
		counter := distinct.NewCounter(file)
		Expect(counter.Add([]byte("a"), false)).To(Succeed())
		_, _, err = counter.Count()
		Expect(err).To(MatchError(ContainSubstring("reading keys from disk")))
	})

	It("should say so when the disk has lost a part of what was written", func() {
		file := temporary()
		counter := distinct.NewCounter(file)
		for i := range 32 * 1024 {
			Expect(counter.Add([]byte(fmt.Sprint(i)), false)).To(Succeed())
		}
		Expect(file.Truncate(16 * 1024)).To(Succeed())
		_, _, err := counter.Count()
		Expect(err).To(MatchError(ContainSubstring("reading keys from disk")))
	})
})
