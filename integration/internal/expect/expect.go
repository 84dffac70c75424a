// Package expect holds the matchers that the deployed suites share.
package expect

import (
	"maps"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/compliance-monitor/compliance-monitor/cmd/deploy"
	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// Tags matches the tags of a resource: the four that every resource carries, and none besides.
func Tags(purpose string) types.GomegaMatcher {
	return gomega.Equal(map[string]string{
		names.TagEnvironment: deploy.LocalStack,
		names.TagProject:     names.DefaultProject,
		names.TagManagedBy:   names.ManagedBy,
		names.TagPurpose:     purpose,
	})
}

// Changes matches the results of an operation on one layer that did exactly this, by Pulumi's name of the operation on a
// resource and the number of resources, and left all others as they were.
func Changes(wanted map[string]int) types.GomegaMatcher {
	return gomega.WithTransform(func(results []deploy.Result) []map[string]int {
		var done []map[string]int
		for _, result := range results {
			changes := maps.Clone(result.Changes)
			maps.DeleteFunc(changes, func(operation string, _ int) bool { return operation == "same" || operation == "read" })
			done = append(done, changes)
		}
		return done
	}, gomega.Equal([]map[string]int{wanted}))
}

// NoChange matches the results of operations that left every resource as it was, and had some to look at.
func NoChange() types.GomegaMatcher {
	return gomega.And(
		gomega.Not(gomega.BeEmpty()),
		gomega.HaveEach(gomega.And(
			gomega.HaveField("Changed()", 0),
			gomega.HaveField("Changes", gomega.HaveKeyWithValue("same", gomega.BeNumerically(">", 0))),
		)),
	)
}
