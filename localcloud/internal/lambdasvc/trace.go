package lambdasvc

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// traceID is the tracing header that a function sees: the caller's, or a new one that is not sampled.
func traceID(given string) string {
	if strings.Contains(given, "Root=") {
		return given
	}
	id := make([]byte, 20)
	rand.Read(id)
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), hex.EncodeToString(id[:12]), hex.EncodeToString(id[12:]))
}
