// Package reportpage draws report.html.
package reportpage

import "github.com/compliance-monitor/compliance-monitor/lambda-src/internal/report"

// Render is the page.
func Render(summary report.Summary) []byte { return []byte(summary.Prefix) }
