package lambdarun

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// entry is an entry of a zip.
type entry struct {
	name    string
	mode    fs.FileMode
	content string
}

func zipOf(t interface{ Fatal(...any) }, entries ...entry) []byte {
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		header.SetMode(e.mode)
		file, err := archive.CreateHeader(header)
		if err == nil {
			_, err = file.Write([]byte(e.content))
		}
		if err != nil && !strings.HasSuffix(e.name, "/") {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}

var _ = Describe("Unpacking a function", func() {
	var folder string

	BeforeEach(func() { folder = filepath.Join(GinkgoT().TempDir(), "code") })

	unpacking := func(entries ...entry) error { return Unpack(zipOf(GinkgoT(), entries...), folder) }

	It("should give its files and folders, with what others may do for everybody", func() {
		Expect(unpacking(
			entry{"bootstrap", 0o755, "program"}, entry{"empty/", fs.ModeDir | 0o755, ""}, entry{"deep/in/it", 0o604, "text"}, entry{"secret", 0o600, "x"},
		)).To(Succeed())
		Expect(os.ReadFile(filepath.Join(folder, "deep/in/it"))).To(BeEquivalentTo("text"))
		Expect(filepath.Join(folder, "empty")).To(BeADirectory())
		mode := func(name string) fs.FileMode {
			info, err := os.Stat(filepath.Join(folder, name))
			Expect(err).NotTo(HaveOccurred())
			return info.Mode().Perm()
		}
		Expect(mode("bootstrap") & 0o111).To(BeEquivalentTo(0o111))
		Expect(mode("deep/in/it") & 0o111).To(BeZero())
		Expect(mode("secret")).To(BeZero())
	})

	DescribeTable("should refuse, and leave nothing",
		func(entries ...entry) {
			Expect(unpacking(entries...)).To(MatchError(ErrNoZip))
			Expect(folder).NotTo(BeADirectory())
		},
		Entry("a way out", entry{"fine", 0o644, ""}, entry{"../out", 0o644, ""}),
		Entry("a way out in the middle", entry{"a/../../out", 0o644, ""}),
		Entry("a way from the root", entry{"/etc/passwd", 0o644, ""}),
		Entry("a way as on Windows", entry{`..\out`, 0o644, ""}),
		Entry("a link", entry{"link", fs.ModeSymlink | 0o777, "/etc"}),
	)

	It("should refuse what is no zip, and what is cut off", func() {
		Expect(Unpack([]byte("text"), folder)).To(MatchError(ErrNoZip))
		content := zipOf(GinkgoT(), entry{"f", 0o644, strings.Repeat("a", 100)})
		Expect(Unpack(content[:len(content)/2], folder)).To(MatchError(ErrNoZip))
	})

	It("should refuse what was tampered with", func() {
		content := zipOf(GinkgoT(), entry{"f", 0o644, strings.Repeat("abc", 100)})
		content[40] ^= 0xff
		Expect(Unpack(content, folder)).To(MatchError(ErrNoZip))
	})

	It("should refuse more than a function may have, however little the zip is", func() {
		content := zipOf(GinkgoT(), entry{"a", 0o644, strings.Repeat("a", 1000)}, entry{"b", 0o644, strings.Repeat("b", 1001)})
		Expect(unpack(content, folder, 2000)).To(MatchError(ErrTooLarge))
		Expect(folder).NotTo(BeADirectory())
		Expect(unpack(content, folder, 2001)).To(Succeed())
	})

	It("should tell when there is no room for it", func() {
		Expect(os.WriteFile(folder, nil, 0o600)).To(Succeed())
		err := unpacking(entry{"f", 0o644, ""})
		Expect(err).To(And(HaveOccurred(), Not(MatchError(ErrNoZip))))
	})
})

func FuzzUnpack(f *testing.F) {
	f.Add(zipOf(f, entry{"bootstrap", 0o755, "program"}))
	f.Add(zipOf(f, entry{"../x", 0o644, "x"}, entry{"a/b", 0o644, "y"}))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, content []byte) {
		outside := t.TempDir()
		folder := filepath.Join(outside, "in", "code")
		err := Unpack(content, folder)
		if err != nil && !errors.Is(err, ErrNoZip) && !errors.Is(err, ErrTooLarge) {
			t.Log(err) // the file system refused a name
		}
		if err != nil {
			if _, found := os.Stat(folder); found == nil {
				t.Fatalf("a folder is left after %v", err)
			}
		}
		found, err := os.ReadDir(outside)
		if err != nil || len(found) > 1 || len(found) == 1 && found[0].Name() != "in" {
			t.Fatalf("something is outside: %v %v", found, err)
		}
	})
}
