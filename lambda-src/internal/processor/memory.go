package processor

import "sync"

// remembered is how many keys an environment remembers; each takes about 150 bytes.
const remembered = 4096

// memory is what this environment knows of results without asking AWS: those that it is at work on, and those that are
// finished for good. A copy of one is a duplicate, and costs no call.
//
// A result that another environment is at work on, and one that failed here, are not kept: the next copy may be the retry
// that has to finish the work. S3 can't tell in the one call of a refused write whose the object is, nor does an event's age
// or request id tell a copy from a retry (docs/architecture.md, Run time, has the proof). So only what is known is left unread.
type memory struct {
	mu    sync.Mutex
	known map[string]bool
	ring  []string // of known, the oldest at next once it is full
	next  int
}

// take says whether the key is not known, and remembers it as one that is being worked on.
func (m *memory) take(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[key] {
		return false
	}
	if m.known == nil {
		m.known = map[string]bool{}
	}
	m.known[key] = true
	if len(m.ring) < remembered {
		m.ring = append(m.ring, key)
		return true
	}
	delete(m.known, m.ring[m.next])
	m.ring[m.next] = key
	m.next = (m.next + 1) % remembered
	return true
}

// forget makes the key one that nothing is known of.
func (m *memory) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.known, key)
}
