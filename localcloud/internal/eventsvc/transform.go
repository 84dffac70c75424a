package eventsvc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// transformer makes a target's input of pieces of an event.
type transformer struct {
	InputPathsMap map[string]string
	InputTemplate string
}

const (
	maxPaths    = 100
	maxTemplate = 8192 // characters
)

// Variables that every template has.
const (
	ruleArnVariable   = "aws.events.rule-arn"
	ruleNameVariable  = "aws.events.rule-name"
	eventVariable     = "aws.events.event"
	eventJSONVariable = "aws.events.event.json"
	takenVariable     = "aws.events.event.ingestion-time"
)

var (
	predefined     = []string{ruleArnVariable, ruleNameVariable, eventVariable, eventJSONVariable, takenVariable}
	variableName   = regexp.MustCompile(`^[A-Za-z0-9_\-]{1,256}$`)
	variableInText = regexp.MustCompile(`<([A-Za-z0-9_\-.]{1,256})>`)
)

// check refuses a transformer that AWS refuses.
func (t *transformer) check(id string) error {
	switch {
	case t.InputTemplate == "" || len([]rune(t.InputTemplate)) > maxTemplate:
		return awserr.Validation(t.InputTemplate, "targets.1.member.inputTransformer.inputTemplate", "Member must have length between 1 and 8192")
	case len(t.InputPathsMap) > maxPaths:
		return awserr.Validation(len(t.InputPathsMap), "targets.1.member.inputTransformer.inputPathsMap",
			"Member must have length less than or equal to 100")
	}
	for _, name := range slices.Sorted(maps.Keys(t.InputPathsMap)) {
		if !variableName.MatchString(name) || strings.HasPrefix(strings.ToUpper(name), "AWS.") {
			return awserr.New("ValidationException", "Invalid InputPathsMap key %s for target %s.", name, id)
		}
		if _, err := parsePath(t.InputPathsMap[name]); err != nil {
			return awserr.New("ValidationException", "Invalid InputPath for target %s: %v", id, err)
		}
	}
	for _, found := range variableInText.FindAllStringSubmatch(t.InputTemplate, -1) {
		if _, named := t.InputPathsMap[found[1]]; !named && !slices.Contains(predefined, found[1]) {
			return awserr.New("ValidationException", "InputTemplate for target %s contains invalid placeholder %s.", id, found[1])
		}
	}
	return nil
}

// about is what a transformer knows beside the event.
type about struct {
	ruleARN, ruleName string
	taken             time.Time
}

// apply fills the template. A variable in a string is put in as text, with quotes taken out of objects; one outside of
// strings as JSON. One whose path leads nowhere leaves nothing.
func (t *transformer) apply(event []byte, with about) ([]byte, error) {
	root, err := decode(event)
	if err != nil {
		return nil, err
	}
	values, err := t.values(root, with)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	inString := false
	for rest := t.InputTemplate; rest != ""; {
		if at := variableInText.FindStringSubmatchIndex(rest); at != nil && at[0] == 0 {
			write(&out, values, rest[at[2]:at[3]], inString)
			rest = rest[at[1]:]
			continue
		}
		length := 1
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			length = 2
		case rest[0] == '"':
			inString = !inString
		}
		out.WriteString(rest[:length])
		rest = rest[length:]
	}
	return out.Bytes(), nil
}

func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var root any
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("reading the event: %w", err)
	}
	return root, nil
}

// values are what the template's variables stand for.
func (t *transformer) values(root any, with about) (map[string]any, error) {
	values := map[string]any{
		ruleArnVariable: with.ruleARN, ruleNameVariable: with.ruleName, eventJSONVariable: root, takenVariable: eventTime(with.taken),
	}
	if object, ok := root.(map[string]any); ok {
		without := maps.Clone(object)
		delete(without, "detail")
		values[eventVariable] = without
	}
	for name, text := range t.InputPathsMap {
		parsed, err := parsePath(text)
		if err != nil {
			return nil, err
		}
		if value, found := parsed.find(root); found {
			values[name] = value
		}
	}
	return values, nil
}

// write puts a variable's value into the text.
func write(out *bytes.Buffer, values map[string]any, name string, inString bool) {
	value, found := values[name]
	if !found {
		return
	}
	encoded := encode(value)
	switch text, isText := value.(string); {
	case inString && isText:
		encoded = encode(text)
		encoded = encoded[1 : len(encoded)-1]
	case inString:
		encoded = strings.ReplaceAll(encoded, `"`, "")
	}
	out.WriteString(encoded)
}

// encode writes what came from JSON as it came, without the escapes that are for web pages.
func encode(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.Encode(value) //nolint:errcheck,errchkjson,gosec // it was decoded from JSON
	return strings.TrimSuffix(out.String(), "\n")
}

// children are the values in an object, in the order of their names, or in an array.
func children(value any) []any {
	if array, ok := value.([]any); ok {
		return array
	}
	object, _ := value.(map[string]any)
	var all []any
	for _, name := range slices.Sorted(maps.Keys(object)) {
		all = append(all, object[name])
	}
	return all
}
