package s3svc

import "sync"

// store keeps one thing for each bucket.
type store[T any] struct {
	mutex   sync.RWMutex
	buckets map[string]T
}

func newStore[T any]() *store[T] { return &store[T]{buckets: map[string]T{}} }

func (s *store[T]) get(bucket string) (T, bool) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	value, found := s.buckets[bucket]
	return value, found
}

func (s *store[T]) put(bucket string, value T) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.buckets[bucket] = value
}

func (s *store[T]) drop(bucket string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.buckets, bucket)
}
