package commands_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// state is what Pulumi keeps of a layer in the folder of a command's backend.
type state struct {
	Checkpoint struct {
		Latest struct {
			Resources []struct {
				URN string `json:"urn"`
				ID  string `json:"id"`
			} `json:"resources"`
			Pending []struct {
				Type     string `json:"type"`
				Resource struct {
					URN string `json:"urn"`
				} `json:"resource"`
			} `json:"pending_operations"`
		} `json:"latest"`
	} `json:"checkpoint"`
}

func (c command) state(layer string) state {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(c.env["backend"], ".pulumi", "stacks", "compliance-monitor-"+layer, "prod.json"))
	Expect(err).NotTo(HaveOccurred())
	var s state
	Expect(json.Unmarshal(text, &s)).To(Succeed())
	return s
}

// names of the resources that the state has.
func (s state) names() []string {
	var all []string
	for _, resource := range s.Checkpoint.Latest.Resources {
		all = append(all, resource.URN[strings.LastIndex(resource.URN, "::")+2:])
	}
	return all
}

// pending names what was being created when Pulumi was killed.
func (s state) pending() []string {
	var all []string
	for _, operation := range s.Checkpoint.Latest.Pending {
		all = append(all, operation.Type+" "+operation.Resource.URN[strings.LastIndex(operation.Resource.URN, "::")+2:])
	}
	return all
}

// locks are the locks of the command's backend.
func (c command) locks(layer string) []string {
	GinkgoHelper()
	found, err := filepath.Glob(filepath.Join(c.env["backend"], ".pulumi", "locks", "organization", "compliance-monitor-"+layer,
		"prod", "*.json"))
	Expect(err).NotTo(HaveOccurred())
	return found
}

// engine is the process that holds the only lock of a layer.
func (c command) engine(layer string) int {
	GinkgoHelper()
	Expect(c.locks(layer)).To(HaveLen(1))
	text, err := os.ReadFile(c.locks(layer)[0])
	Expect(err).NotTo(HaveOccurred())
	var holder struct {
		PID int `json:"pid"`
	}
	Expect(json.Unmarshal(text, &holder)).To(Succeed())
	return holder.PID
}
