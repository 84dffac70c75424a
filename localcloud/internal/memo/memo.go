// Package memo remembers what moto was asked, until something may have changed it: each call of moto takes milliseconds.
package memo

import "sync"

// Memo remembers answers by what was asked. The zero value is good.
type Memo[K comparable, V any] struct {
	mutex sync.Mutex
	known map[K]V
	turn  int // goes up each time that all is forgotten, so that what was asked before is not remembered after
}

// Get is the answer that is remembered, or the one that ask gives, which is remembered unless it is an error. Several may ask
// the same at a time.
func (m *Memo[K, V]) Get(key K, ask func() (V, error)) (V, error) {
	m.mutex.Lock()
	answer, found := m.known[key]
	turn := m.turn
	m.mutex.Unlock()
	if found {
		return answer, nil
	}
	answer, err := ask()
	if err != nil {
		return answer, err
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.turn == turn {
		if m.known == nil {
			m.known = map[K]V{}
		}
		m.known[key] = answer
	}
	return answer, nil
}

// Forget has everything asked anew.
func (m *Memo[K, V]) Forget() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	clear(m.known)
	m.turn++
}
