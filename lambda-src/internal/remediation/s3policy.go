package remediation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// bucketPolicy is a bucket's policy in a canonical form: S3 gives a policy back in words of its own, so that its text can't
// tell whether two policies are the same. Here, each statement is JSON without spaces and with sorted keys, a list of
// one value is that value, lists are sorted (IAM reads all of them as sets), and true, false and numbers are texts, as IAM
// takes them. What the policy allows and denies is not touched by that, and the order of the statements is kept.
// The zero policy is none.
type bucketPolicy struct {
	Version    string   `json:"version,omitempty"`
	ID         string   `json:"id,omitempty"`
	Statements []string `json:"statements,omitempty"`
}

// parsePolicy reads a policy's text. What it does not know completely is an error: it would be lost in a write.
func parsePolicy(text string) (bucketPolicy, error) {
	document, err := decodePolicy(text)
	if err != nil {
		return bucketPolicy{}, err
	}
	var policy bucketPolicy
	heads := map[string]*string{"Version": &policy.Version, "Id": &policy.ID}
	for name, value := range document {
		head, known := heads[name]
		content, isText := value.(string)
		switch {
		case name == "Statement":
		case !known || !isText:
			return bucketPolicy{}, fmt.Errorf("parsing the policy: %s with the value %s is not known", name, compact(value))
		default:
			*head = content
		}
	}
	policy.Statements, err = parseStatements(document["Statement"])
	return policy, err
}

func parseStatements(found any) ([]string, error) {
	statements, several := found.([]any)
	if !several {
		statements = []any{found}
	}
	if len(statements) == 0 {
		return nil, errors.New("parsing the policy: it has no statement")
	}
	texts := make([]string, len(statements))
	for i, statement := range statements {
		fields, _ := statement.(map[string]any)
		if effect := fields["Effect"]; effect != "Allow" && effect != "Deny" {
			return nil, fmt.Errorf("parsing the policy: statement %d neither allows nor denies", i+1)
		}
		texts[i] = compact(canonical(fields))
	}
	return texts, nil
}

// decodePolicy reads one JSON object with nothing after it and nothing in it twice.
func decodePolicy(text string) (map[string]any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("parsing the policy: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("parsing the policy: there is something after its end")
	}
	if tokens(text) != tokens(compact(document)) {
		return nil, errors.New("parsing the policy: something in it has the same name twice")
	}
	return document, nil
}

// tokens counts the words and signs of a JSON document. Of two members of the same name, decoding keeps one.
func tokens(text string) int {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	for count := 0; ; count++ {
		if _, err := decoder.Token(); err != nil {
			return count
		}
	}
}

// canonical is a part of a policy such that equal parts are equal.
func canonical(part any) any {
	switch part := part.(type) {
	case map[string]any:
		for key, value := range part {
			part[key] = canonical(value)
		}
		return part
	case []any:
		for i, value := range part {
			part[i] = canonical(value)
		}
		slices.SortFunc(part, func(a, b any) int { return strings.Compare(compact(a), compact(b)) })
		if len(part) == 1 {
			return part[0]
		}
		return part
	case bool, json.Number:
		return fmt.Sprint(part)
	default:
		return part
	}
}

// compact is JSON without spaces, and with every character as it is.
func compact(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) //nolint:errchkjson // it comes from JSON
	return strings.TrimSuffix(out.String(), "\n")
}

// text is the policy as S3 takes it.
func (p bucketPolicy) text() string {
	var out strings.Builder
	out.WriteByte('{')
	for _, head := range []struct{ name, value string }{{"Version", p.Version}, {"Id", p.ID}} {
		if head.value != "" {
			out.WriteString(compact(head.name) + ":" + compact(head.value) + ",")
		}
	}
	out.WriteString(`"Statement":[` + strings.Join(p.Statements, ",") + "]}")
	return out.String()
}
