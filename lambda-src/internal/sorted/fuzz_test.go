package sorted_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/sorted"
)

// FuzzReader requires that no run, however broken, is read for ever, or out of order.
func FuzzReader(f *testing.F) {
	f.Add([]byte("\x01a\x01b\x01c\x00"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Add([]byte("\x01b\x00\x01a\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		var packed bytes.Buffer
		packer := gzip.NewWriter(&packed)
		_, _ = packer.Write(content)
		_ = packer.Close()
		source, err := sorted.NewReader(&packed)
		if err != nil {
			t.Fatal(err)
		}
		var last []byte
		for read := 0; ; read++ {
			record, err := source.Next()
			if err != nil {
				if errors.Is(err, io.EOF) && read == 0 && len(content) > 0 {
					t.Fatal("content was taken for nothing")
				}
				return
			}
			if bytes.Compare(record.Key, last) < 0 || read > len(content) {
				t.Fatalf("record %d is %q after %q", read, record.Key, last)
			}
			last = append(last[:0], record.Key...)
		}
	})
}
