package configsvc

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// Trigger is what makes AWS evaluate a managed rule.
type Trigger struct {
	OnChange bool
	Periodic bool
}

// Triggers are the triggers of AWS's managed rules, by identifier.
type Triggers map[string]Trigger

// LoadTriggers reads moto's list of managed rules, which is gzipped JSON.
func LoadTriggers(path string) (Triggers, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening moto's list of managed rules: %w", err)
	}
	defer file.Close() //nolint:errcheck // read only
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("unzipping moto's list of managed rules, %s: %w", path, err)
	}
	return parseTriggers(unzipped)
}

func parseTriggers(reader io.Reader) (Triggers, error) {
	var list struct {
		ManagedRules map[string]struct {
			Trigger string `json:"Trigger type"`
		}
	}
	if err := json.NewDecoder(reader).Decode(&list); err != nil {
		return nil, fmt.Errorf("decoding moto's list of managed rules: %w", err)
	}
	if len(list.ManagedRules) == 0 {
		return nil, fmt.Errorf("decoding moto's list of managed rules: it names none; is this moto 5.2.1?")
	}
	triggers := make(Triggers, len(list.ManagedRules))
	for identifier, rule := range list.ManagedRules {
		triggers[identifier] = Trigger{
			OnChange: strings.HasPrefix(rule.Trigger, "Configuration changes"),
			Periodic: strings.HasSuffix(rule.Trigger, "Periodic"),
		}
	}
	return triggers, nil
}
