package configsvc

import (
	"encoding/base64"
	"encoding/json"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awserr"
)

// errToken is AWS's error for a NextToken that it did not give out for this query.
var errToken = awserr.New("InvalidNextTokenException", "The nextToken provided is invalid")

// encodeToken makes a NextToken of where a query stopped. The first part names the query.
func encodeToken(parts ...string) string {
	text, _ := json.Marshal(parts) //nolint:errchkjson // strings marshal
	return base64.URLEncoding.EncodeToString(text)
}

// decodeToken reads a NextToken of the named query back: so many parts follow the query's name. No token at all
// gives empty parts: the beginning.
func decodeToken(token, query string, count int) ([]string, error) {
	if token == "" {
		return make([]string, count), nil
	}
	var parts []string
	text, err := base64.URLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(text, &parts)
	}
	if err != nil || len(parts) != count+1 || parts[0] != query {
		return nil, errToken
	}
	return parts[1:], nil
}
