package aggregator_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/aggregator"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/notify"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/objects"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/store"
)

// envResults tells the process of a benchmark how many results to aggregate.
const envResults = "AGGREGATOR_BENCH_RESULTS"

// BenchmarkReport measures the most memory that a process has resident, and the CPU time that it takes, to make two
// reports of a number of results: one that is the first, and one that is compared with it. AWS is in the same process,
// and keeps the bucket's content on disk. Each report is made by a process of its own, which starts this test again.
func BenchmarkReport(b *testing.B) {
	if os.Getenv(envResults) != "" {
		reportOnce()
		return
	}
	for _, results := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(results), func(b *testing.B) {
			var peak, cpu float64
			for range b.N {
				process := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkReport$", "-test.benchtime=1x")
				process.Env = append(os.Environ(), fmt.Sprintf("%s=%d", envResults, results))
				output, err := process.Output()
				if err != nil {
					b.Fatalf("%v: %s", err, output)
				}
				var resident, used float64
				if _, err := fmt.Sscanf(string(output[strings.Index(string(output), "peak "):]), "peak %f cpu %f", &resident, &used); err != nil {
					b.Fatalf("%v: %s", err, output)
				}
				peak, cpu = max(peak, resident), cpu+used
			}
			b.ReportMetric(peak/1024, "peak-MiB")
			b.ReportMetric(cpu/float64(b.N), "cpu-s/2-reports")
		})
	}
}

// reportOnce makes two reports, and prints the peak of the process's resident memory in KiB, and its CPU time in seconds.
func reportOnce() {
	aggregator.Limit()
	w := newWorld()
	if _, err := fmt.Sscan(os.Getenv(envResults), &w.many); err != nil {
		panic(err)
	}
	folder, err := os.MkdirTemp("", "bucket-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	w.disk = folder
	handler := &aggregator.Handler{
		Prefix: "monitor-test", Rules: shipped, Config: w, Store: store.New(w, bucketName), Objects: objects.New(w, bucketName),
		Topic: notify.NewTopic(w, "topic"), Metrics: w, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return w.clock }, Within: context.WithTimeout, Temp: os.CreateTemp,
	}
	for _, request := range []string{"first", "second"} {
		if err := handler.Handle(lambda(context.Background(), request), nil); err != nil {
			panic(err)
		}
		w.calls, w.clock = nil, w.clock.Add(6*time.Hour)
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	fmt.Printf("peak %d cpu %.2f\n", peakResident(), cpu.Seconds())
}

// peakResident is the process's VmHWM, in KiB.
func peakResident() (peak int) {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			_, _ = fmt.Sscan(value, &peak)
		}
	}
	return peak
}
