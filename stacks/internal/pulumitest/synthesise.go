package pulumitest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
)

// made is one resource as AWS would make it.
type made struct {
	account string
	kind    string
	logical string
	inputs  map[string]any
}

// synthesise makes up the id and the outputs of a resource: its inputs, and what AWS computes from them.
// A type that it does not know is an error, so that no spec rests on outputs that AWS would not give.
func synthesise(account, kind, logical string, inputs map[string]any) (string, map[string]any, error) {
	if strings.HasPrefix(kind, "pulumi:providers:") {
		return logical, inputs, nil
	}
	compute, known := computed[kind]
	if !known {
		return "", nil, fmt.Errorf("making %s: pulumitest does not know what AWS answers for %s; add it to computed",
			logical, kind)
	}
	outputs := map[string]any{}
	maps.Copy(outputs, inputs)
	id, more := compute(made{account: account, kind: kind, logical: logical, inputs: inputs})
	maps.Copy(outputs, more)
	return id, outputs, nil
}

// text is the input called key, or the logical name where there is none.
func (m made) text(key string) string {
	if value, ok := m.inputs[key].(string); ok {
		return value
	}
	return m.logical
}

// arn is the ARN of a regional resource.
func (m made) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, Region, m.account, resource)
}

// hash is some hexadecimal digits that are the same for the same resource.
func (m made) hash(digits int) string {
	sum := sha256.Sum256([]byte(m.kind + "/" + m.logical))
	return hex.EncodeToString(sum[:])[:digits]
}

// uuid looks like a random UUID, and is the same for the same resource.
func (m made) uuid() string {
	digits := m.hash(32)
	return strings.Join([]string{digits[:8], digits[8:12], "4" + digits[13:16], "8" + digits[17:20], digits[20:]}, "-")
}
