package aggregator

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// hashed writes, and knows the hash of all that was written.
type hashed struct {
	out io.Writer
	sum hash.Hash
}

func newHashed(out io.Writer) *hashed {
	return &hashed{out: out, sum: sha256.New()}
}

func (h *hashed) Write(content []byte) (int, error) {
	n, err := h.out.Write(content)
	_, _ = h.sum.Write(content[:n]) // a hash never fails
	return n, err
}

func (h *hashed) name() string { return hex.EncodeToString(h.sum.Sum(nil)) }
