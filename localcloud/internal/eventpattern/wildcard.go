package eventpattern

import (
	"fmt"
	"strings"
)

// wildcard is a pattern of pieces between asterisks.
type wildcard []string

// parseWildcard reads a pattern in which * stands for any characters and \ takes away its meaning. A fault's position
// counts from the quote before the pattern, as AWS counts it.
func parseWildcard(text string) (parsed wildcard, fault string) {
	var piece strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '*' && strings.HasPrefix(text[i+1:], "*"):
			return nil, fmt.Sprintf("Consecutive wildcard characters at pos %d", i+1)
		case text[i] == '*':
			parsed = append(parsed, piece.String())
			piece.Reset()
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '*' || text[i+1] == '\\'):
			i++
			piece.WriteByte(text[i])
		case text[i] == '\\':
			return nil, fmt.Sprintf("Invalid escape character at pos %d", i+1)
		default:
			piece.WriteByte(text[i])
		}
	}
	return append(parsed, piece.String()), ""
}

func (m wildcard) matches(value string) bool {
	text, ok := unquote(value)
	if !ok || !strings.HasPrefix(text, m[0]) {
		return false
	}
	last := len(m) - 1
	if last == 0 {
		return text == m[0]
	}
	text = text[len(m[0]):]
	for _, piece := range m[1:last] {
		at := strings.Index(text, piece)
		if at < 0 {
			return false
		}
		text = text[at+len(piece):]
	}
	return strings.HasSuffix(text, m[last])
}
