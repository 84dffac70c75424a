package stage

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/compliance-monitor/compliance-monitor/localcloud"
)

// Own calls an endpoint of the local AWS's own, such as "clock", with a body unless it is nil, and reads the answer into
// answer unless that is nil.
func (s *Stage) Own(ctx context.Context, method, path string, body, answer any) error {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encoding what is asked of %s: %w", path, err)
		}
	}
	return localcloud.Control(ctx, s.Cloud.Endpoint(), method, path, content, answer)
}
