package names

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// FloodsPrefix is where the processor's environments agree on how many mails they send in a minute, its window.
const FloodsPrefix = StatePrefix + "floods/"

// FloodWindow is the length of a window.
const FloodWindow = time.Minute

// Limits of the mails a window, beyond which there is one summary. No limit is 0.
const (
	DefaultFloodLimit = 30
	MostFloodLimit    = 100_000
)

// FloodPrefix is where all objects of the window that at is in are: state/floods/<YYYYMMDDTHHMMZ>/.
func FloodPrefix(at time.Time) string {
	return FloodsPrefix + at.UTC().Truncate(FloodWindow).Format("20060102T1504Z") + "/"
}

// FloodWindowKey is the key of the object that says which event opened the flood of a window, and owes its summary.
func FloodWindowKey(at time.Time) string { return FloodPrefix(at) + "window.json" }

// FloodSlotsKey is the key of the object that says who may send the mails of a block of slots.
func FloodSlotsKey(at time.Time, block int) string {
	return fmt.Sprintf("%sslots/%05d.json", FloodPrefix(at), block)
}

// FloodEventsPrefix is where the markers of a window's events are.
func FloodEventsPrefix(at time.Time) string { return FloodPrefix(at) + "events/" }

// FloodMarker is what a summary is made of; its key says all of it, so that a listing is enough to read thousands.
type FloodMarker struct{ Severity, Rule, Transition, ID string }

// Key is the marker's key in a window: state/floods/<window>/events/<severity>/<rule>/<transition>/<id>.json. AWS takes a
// slash in a rule's name; it is escaped.
func (m FloodMarker) Key(at time.Time) string {
	return FloodEventsPrefix(at) + strings.Join([]string{m.Severity, url.PathEscape(m.Rule), m.Transition, m.ID}, "/") + ".json"
}

// ParseFloodMarker reads a marker's key.
func ParseFloodMarker(key string) (FloodMarker, error) {
	rest, _ := strings.CutPrefix(key, FloodsPrefix)
	parts := strings.Split(rest, "/")
	const events, severity, rule, transition, id, all = 1, 2, 3, 4, 5, 6 // the window is before them
	if len(parts) != all || parts[events] != "events" || !strings.HasSuffix(key, ".json") {
		return FloodMarker{}, fmt.Errorf("reading the key %q: %w", key, errors.New("it is not that of an event of a flood"))
	}
	name, err := url.PathUnescape(parts[rule])
	if err != nil {
		return FloodMarker{}, fmt.Errorf("reading the key %q: %w", key, err)
	}
	return FloodMarker{
		Severity: parts[severity], Rule: name, Transition: parts[transition], ID: strings.TrimSuffix(parts[id], ".json"),
	}, nil
}
