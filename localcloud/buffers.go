package localcloud

import "sync"

// maxConcurrent is how many calls at a time the gateway is made for. More wait a little longer.
const maxConcurrent = 256

// copyBuffer is the size of the pieces in which bodies are passed on.
const copyBuffer = 64 << 10

// buffers lends the proxy the memory that bodies pass through.
type buffers struct{ pool sync.Pool }

func newBuffers() *buffers {
	return &buffers{pool: sync.Pool{New: func() any { return new([copyBuffer]byte) }}}
}

// Get implements [net/http/httputil.BufferPool].
func (b *buffers) Get() []byte {
	return b.pool.Get().(*[copyBuffer]byte)[:]
}

// Put implements [net/http/httputil.BufferPool].
func (b *buffers) Put(buffer []byte) {
	b.pool.Put((*[copyBuffer]byte)(buffer))
}
