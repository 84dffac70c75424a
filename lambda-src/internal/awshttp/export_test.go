package awshttp

import (
	"time"
)

// What specs of other forms of endpoints look at.

// URL is an object's address.
func (b *Bucket) URL(key string) string { return b.url(key) }

// TopicsURL is where a client of SNS calls.
func (s *SNS) TopicsURL() string { return s.client.settings.baseURL(serviceSNS) }

// Pause is a pause after the given attempt.
func (s *SNS) Pause(attempt int) time.Duration { return s.client.pause(attempt) }

// ReadError reads an error's body.
func ReadError(status int, body []byte) *Error { return newError(status, string(body)) }

// Escape writes a key as a path.
func Escape(key string) string { return escape(key) }

// ParseCompliance reads an answer of GetComplianceDetailsByConfigRule.
func ParseCompliance(text string) (Compliance, error) { return parseCompliance(text) }
