package sorted_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

func record(key, value string) sorted.Record {
	return sorted.Record{Key: []byte(key), Value: []byte(value)}
}

// run is a run of records, each written KEY=VALUE.
func run(records ...string) []byte {
	var out bytes.Buffer
	writer := sorted.NewWriter(&out)
	for _, text := range records {
		key, value, _ := strings.Cut(text, "=")
		Expect(writer.Add(record(key, value))).To(Succeed())
	}
	Expect(writer.Close()).To(Succeed())
	return out.Bytes()
}

func reader(content []byte) sorted.Source {
	source, err := sorted.NewReader(bytes.NewReader(content))
	Expect(err).NotTo(HaveOccurred())
	return source
}

// all reads a source to its end.
func all(source sorted.Source) ([]string, error) {
	found := []string{}
	for {
		next, err := source.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		found = append(found, string(next.Key)+"="+string(next.Value))
	}
}

// failing fails at its nth record.
type failing struct {
	sorted.Source
	left int
}

var errDisk = errors.New("the disk is broken")

func (f *failing) Next() (sorted.Record, error) {
	if f.left--; f.left < 0 {
		return sorted.Record{}, errDisk
	}
	return f.Source.Next()
}

// full is a writer that takes only so many bytes.
type full struct{ left int }

func (f *full) Write(content []byte) (int, error) {
	if f.left -= len(content); f.left < 0 {
		return 0, errDisk
	}
	return len(content), nil
}

func temporary() (*os.File, error) {
	file, err := os.CreateTemp(GinkgoT().TempDir(), "runs")
	if err == nil {
		DeferCleanup(file.Close)
	}
	return file, err
}

func readOnly() (*os.File, error) {
	name := filepath.Join(GinkgoT().TempDir(), "runs")
	Expect(os.WriteFile(name, nil, 0o600)).To(Succeed())
	file, err := os.Open(name)
	DeferCleanup(file.Close)
	return file, err
}

var _ = Describe("A run", func() {
	It("should hold any bytes", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			g := NewWithT(t)
			texts := rapid.SliceOf(rapid.SliceOf(rapid.Byte())).Draw(t, "texts")
			var records []sorted.Record
			for i, text := range texts {
				records = append(records, sorted.Record{Key: text, Value: texts[len(texts)-1-i]})
			}
			slices.SortFunc(records, sorted.Record.Compare)
			var out bytes.Buffer
			writer := sorted.NewWriter(&out)
			for _, r := range records {
				g.Expect(writer.Add(r)).To(Succeed())
			}
			g.Expect(writer.Close()).To(Succeed())
			source, err := sorted.NewReader(&out)
			g.Expect(err).NotTo(HaveOccurred())
			for _, r := range records {
				next, err := source.Next()
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(next.Compare(r)).To(BeZero())
			}
			_, err = source.Next()
			g.Expect(err).To(MatchError(io.EOF))
		})
	})

	It("should never be read as whole when it was cut off", func() {
		whole := run("alpha=1", "beta=2", "gamma=3")
		for length := range len(whole) {
			source, err := sorted.NewReader(bytes.NewReader(whole[:length]))
			if err == nil {
				_, err = all(source)
			}
			Expect(err).To(MatchError(io.ErrUnexpectedEOF), "after %d bytes", length)
		}
	})

	DescribeTable("should be refused when it is not one",
		func(content []byte, expected error) {
			var packed bytes.Buffer
			packer := gzip.NewWriter(&packed)
			_, _ = packer.Write(content)
			Expect(packer.Close()).To(Succeed())
			Expect(all(reader(packed.Bytes()))).Error().To(MatchError(expected))
		},
		Entry("since its keys descend", []byte("\x01b\x00\x01a\x00"), sorted.ErrOrder),
		Entry("since a key is too long", []byte("\xff\xff\xff\xff\x0fa"), sorted.ErrTooLong),
		Entry("since it ends within a key", []byte("\x05a"), io.ErrUnexpectedEOF),
		Entry("since it ends before a value", []byte("\x01a"), io.ErrUnexpectedEOF),
	)

	It("should not be written with a key that could not be read", func() {
		Expect(sorted.NewWriter(io.Discard).Add(record(strings.Repeat("x", 1<<20+1), ""))).To(MatchError(sorted.ErrTooLong))
	})

	It("should say so when it can't be written", func() {
		writer := sorted.NewWriter(&full{left: 5})
		Expect(writer.Add(record("key", "value"))).To(MatchError(errDisk))
		Expect(writer.Close()).To(MatchError(errDisk))
	})
})

var _ = Describe("Merged runs", func() {
	It("should be all records in order", func() {
		merged, err := sorted.Merge(reader(run("a=1", "c=2", "c=4")), reader(run()), reader(run("b=1", "c=3")))
		Expect(err).NotTo(HaveOccurred())
		Expect(all(merged)).To(Equal([]string{"a=1", "b=1", "c=2", "c=3", "c=4"}))
		Expect(all(merged)).To(BeEmpty())
	})

	It("should stop at a fault of one", func() {
		for at := range 3 {
			merged, err := sorted.Merge(reader(run("b=1")), &failing{Source: reader(run("a=1", "c=2", "d=3")), left: at})
			if at == 0 {
				Expect(err).To(MatchError(errDisk))
				continue
			}
			Expect(err).NotTo(HaveOccurred())
			Expect(all(merged)).Error().To(MatchError(errDisk))
		}
	})
})

var _ = Describe("The last records of keys", func() {
	It("should be one of each key", func() {
		Expect(all(sorted.NewLast(reader(run("a=1", "a=2", "b=1", "c=1", "c=2", "c=3"))))).To(Equal([]string{"a=2", "b=1", "c=3"}))
		Expect(all(sorted.NewLast(reader(run())))).To(BeEmpty())
	})

	It("should stop at a fault", func() {
		for at := range 3 {
			Expect(all(sorted.NewLast(&failing{Source: reader(run("a=1", "a=2", "b=1")), left: at}))).Error().To(MatchError(errDisk))
		}
	})
})

var _ = Describe("Runs on disk", func() {
	const many = 600 // more than are merged at a time, twice over

	fill := func(runs *sorted.Runs, n int) []string {
		var expected []string
		for i := range n {
			text := string(rune('a'+i*7%26)) + "=" + string(rune('a'+i/26))
			expected = append(expected, text)
			Expect(runs.Append(func(out io.Writer) error { _, err := out.Write(run(text)); return err })).To(Succeed())
		}
		slices.Sort(expected)
		return expected
	}

	It("should be all records in order, however many runs there are", func() {
		for _, n := range []int{0, 1, 24, 25, many} {
			file, err := temporary()
			Expect(err).NotTo(HaveOccurred())
			runs := sorted.NewRuns(file)
			expected := fill(runs, n)
			merged, err := runs.Merged(temporary)
			Expect(err).NotTo(HaveOccurred())
			Expect(all(merged)).To(HaveExactElements(expected))
		}
	})

	It("should not have a run that could not be written whole", func() {
		file, err := temporary()
		Expect(err).NotTo(HaveOccurred())
		runs := sorted.NewRuns(file)
		fill(runs, 1)
		Expect(runs.Append(func(out io.Writer) error { _, _ = out.Write([]byte("part")); return errDisk })).To(MatchError(errDisk))
		merged, err := runs.Merged(temporary)
		Expect(err).NotTo(HaveOccurred())
		Expect(all(merged)).To(HaveLen(1))
	})

	It("should say so when the disk can't be written", func() {
		file, err := readOnly()
		Expect(err).NotTo(HaveOccurred())
		Expect(sorted.NewRuns(file).Append(func(out io.Writer) error { _, err := out.Write([]byte("x")); return err })).
			To(MatchError(ContainSubstring("writing a run to disk")))
	})

	It("should say so when what it wrote can't be read, or merged into a new file", func() {
		file, err := temporary()
		Expect(err).NotTo(HaveOccurred())
		runs := sorted.NewRuns(file)
		fill(runs, 30)
		_, err = runs.Merged(readOnly)
		Expect(err).To(MatchError(ContainSubstring("writing a run to disk")))
		_, err = runs.Merged(func() (*os.File, error) { return nil, errDisk })
		Expect(err).To(MatchError(errDisk))
		for _, length := range []int64{50, 0} { // within the first of the runs that are merged, and before it
			Expect(file.Truncate(length)).To(Succeed())
			_, err = runs.Merged(temporary)
			Expect(err).To(MatchError(io.ErrUnexpectedEOF))
		}
	})

	It("should say so when a run breaks off while it is merged", func() {
		file, err := temporary()
		Expect(err).NotTo(HaveOccurred())
		runs := sorted.NewRuns(file)
		fill(runs, 24)
		before, err := file.Stat()
		Expect(err).NotTo(HaveOccurred())
		random := make([]byte, 100_000)
		_, _ = rand.NewChaCha8([32]byte{}).Read(random)
		Expect(runs.Append(func(out io.Writer) error { _, err := out.Write(run("a=1", "b="+string(random))); return err })).To(Succeed())
		Expect(file.Truncate(before.Size() + 50_000)).To(Succeed())
		_, err = runs.Merged(temporary)
		Expect(err).To(MatchError(io.ErrUnexpectedEOF))
	})
})
