package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// waits are how long the AWS provider waits by the clock after it has made a resource, in seconds, on any endpoint: it
// looks again and again whether AWS's eventual consistency has settled. Read off the provider's source (Terraform AWS
// provider 5.82): a queue's attributes 6 times every 5 s, a lifecycle configuration 3 times every 10 s, a function once
// after 5 s, a key's rotation and its tags 5 times each every second, a key's policy likewise, versioning after 1 s.
var waits = map[string]float64{
	"aws:sqs/queue:Queue": 25,
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": 30,
	"aws:lambda/function:Function":                                         5,
	"aws:kms/key:Key":                                                      8,
	"aws:kms/keyPolicy:KeyPolicy":                                          4,
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                         1,
}

// resource is one resource of Pulumi's state.
type resource struct {
	URN          string   `json:"urn"`
	Type         string   `json:"type"`
	Dependencies []string `json:"dependencies"`
}

// chain adds up the longest chain of waits of each layer: layers follow one another, and within one, resources that
// depend on each other do.
func (b bench) chain() (map[string]float64, error) {
	pattern := filepath.Join(b.checkout.folder, ".localcloud", "pulumi", "*", "backend", ".pulumi", "stacks", "*", "local.json")
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("finding the state of the layers: %d files are like %s", len(files), pattern)
	}
	chains := map[string]float64{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading a layer's state: %w", err)
		}
		var state struct {
			Checkpoint struct {
				Latest struct {
					Resources []resource `json:"resources"`
				} `json:"latest"`
			} `json:"checkpoint"`
		}
		if err := json.Unmarshal(text, &state); err != nil {
			return nil, fmt.Errorf("reading the state in %s: %w", file, err)
		}
		chains[filepath.Base(filepath.Dir(file))] = longest(state.Checkpoint.Latest.Resources)
	}
	return chains, nil
}

// longest is the longest sum of waits along dependencies. State lists a resource after all that it depends on.
func longest(resources []resource) float64 {
	until, most := map[string]float64{}, 0.0
	for _, r := range resources {
		begin := 0.0
		for _, dependency := range r.Dependencies {
			begin = max(begin, until[dependency])
		}
		until[r.URN] = begin + waits[r.Type]
		most = max(most, until[r.URN])
	}
	return most
}
