// Package function is the thin layer between Lambda's runtime and the handlers.
package function

import (
	"context"
	"sync"
)

// Handler handles one event; an error makes Lambda try the event again, and then hand it to the function's
// on-failure destination.
type Handler interface {
	Handle(ctx context.Context, payload []byte) error
}

// Answering is a Handler that has something to say to a caller who waits for it.
type Answering interface {
	// Answer handles one event and returns JSON.
	Answer(ctx context.Context, payload []byte) ([]byte, error)
}

// Lazy makes the handler at the first event, so that the function is ready sooner.
type Lazy struct {
	build func() (Handler, error)
}

// NewLazy is a Lambda handler around the handler that build makes. When build fails, so does every event.
func NewLazy(build func() (Handler, error)) *Lazy {
	return &Lazy{build: sync.OnceValues(build)}
}

// Invoke handles one event as Lambda's runtime hands it over. It is given the payload as it came,
// so that even one that is not JSON reaches the handler.
func (l *Lazy) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	handler, err := l.build()
	if err != nil {
		return nil, err
	}
	if answering, ok := handler.(Answering); ok {
		return answering.Answer(ctx, payload)
	}
	if err := handler.Handle(ctx, payload); err != nil {
		return nil, err
	}
	return []byte("null"), nil
}
