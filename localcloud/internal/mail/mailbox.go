package mail

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// kept is how many mails are told; their files stay.
const kept = 10_000

// mailbox keeps mails: in files, and in mind.
type mailbox struct {
	folder string

	mutex sync.Mutex
	mails []Mail
	count int
}

// newMailbox makes an empty folder.
func newMailbox(folder string) (*mailbox, error) {
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o700)); err != nil {
		return nil, fmt.Errorf("making the mailbox: %w", err)
	}
	return &mailbox{folder: folder}, nil
}

// add puts a mail into the mailbox.
func (b *mailbox) add(added Mail) error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.count++
	name := fmt.Sprintf("%s-%06d-%s.eml", added.Time.Format("20060102T150405Z"), b.count, strings.Map(plainChar, added.To))
	added.File = filepath.Join(b.folder, name)
	if len(b.mails) >= kept {
		b.mails = append([]Mail(nil), b.mails[kept/2:]...)
	}
	b.mails = append(b.mails, added)
	if err := os.WriteFile(added.File, added.eml(), 0o600); err != nil {
		return fmt.Errorf("writing a mail: %w", err)
	}
	return nil
}

// plainChar leaves what any file system takes.
func plainChar(char rune) rune {
	if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@+-_", char) {
		return char
	}
	return '_'
}

// empty takes all mails away.
func (b *mailbox) empty() error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.mails = nil
	if err := errors.Join(os.RemoveAll(b.folder), os.MkdirAll(b.folder, 0o700)); err != nil {
		return fmt.Errorf("emptying the mailbox: %w", err)
	}
	return nil
}

// query is which mails are asked for.
type query struct {
	to, topic string
	since     time.Time
}

func (q query) wants(one Mail) bool {
	return (q.to == "" || strings.EqualFold(q.to, one.To)) && (q.topic == "" || q.topic == one.Topic || strings.HasSuffix(one.Topic, ":"+q.topic)) &&
		!one.Time.Before(q.since)
}

func (b *mailbox) find(q query) []Mail {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	found := []Mail{}
	for _, one := range b.mails {
		if q.wants(one) {
			found = append(found, one)
		}
	}
	return found
}

// Mailbox is the endpoint that tells mails, the oldest first: GET, with ?to= (an address), ?topic= (an ARN or a name) and
// ?since= (a time in RFC 3339) to tell only some; DELETE empties the mailbox.
func (h *Handler) Mailbox() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			asked := query{to: r.URL.Query().Get("to"), topic: r.URL.Query().Get("topic")}
			if since := r.URL.Query().Get("since"); since != "" {
				var err error
				if asked.since, err = time.Parse(time.RFC3339, since); err != nil {
					http.Error(w, "since is no time in RFC 3339: "+err.Error(), http.StatusBadRequest)
					return
				}
			}
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(h.mailbox.find(asked)) //nolint:errcheck,gosec // the caller has gone
		case http.MethodDelete:
			if err := h.mailbox.empty(); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		default:
			w.Header().Set("Allow", "GET, DELETE")
			http.Error(w, "use GET or DELETE", http.StatusMethodNotAllowed)
		}
	})
}
