package configsvc

import (
	"context"
	"net/http"
	"slices"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/relay"
)

// recorderView knows what the recorder of a region records, as it was when it was first asked.
type recorderView struct {
	aws    http.Handler
	region string
	read   bool
	on     bool
	group  recordingGroup
}

// recordingGroup is which types of resources a recorder records.
type recordingGroup struct {
	AllSupported         bool     `json:"allSupported"`
	IncludeGlobal        bool     `json:"includeGlobalResourceTypes"`
	Types                []string `json:"resourceTypes"`
	ExclusionByResources struct {
		Types []string `json:"resourceTypes"`
	} `json:"exclusionByResourceTypes"`
}

// globalTypes are recorded with all supported types only where the recorder is told to include them.
var globalTypes = []string{"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"}

// takes says whether the group has a type in it.
func (g recordingGroup) takes(kind string) bool {
	switch {
	case g.AllSupported:
		return g.IncludeGlobal || !slices.Contains(globalTypes, kind)
	case len(g.ExclusionByResources.Types) > 0:
		return !slices.Contains(g.ExclusionByResources.Types, kind)
	}
	return slices.Contains(g.Types, kind)
}

// records says whether changes to resources of a type are recorded: there is a recorder, it is on, and it takes them.
func (v *recorderView) records(ctx context.Context, kind string) (bool, error) {
	if !v.read {
		if err := v.ask(ctx); err != nil {
			return false, err
		}
		v.read = true
	}
	return v.on && v.group.takes(kind), nil
}

func (v *recorderView) ask(ctx context.Context) error {
	caller := relay.Caller{Service: service, Region: v.region}
	var recorders struct {
		ConfigurationRecorders []struct {
			Group recordingGroup `json:"recordingGroup"`
		}
	}
	if err := relay.Call(ctx, v.aws, caller, targetPrefix+"DescribeConfigurationRecorders", struct{}{}, &recorders); err != nil {
		return err
	}
	var statuses struct {
		ConfigurationRecordersStatus []struct {
			Recording bool `json:"recording"`
		}
	}
	if err := relay.Call(ctx, v.aws, caller, targetPrefix+"DescribeConfigurationRecorderStatus", struct{}{}, &statuses); err != nil {
		return err
	}
	if len(recorders.ConfigurationRecorders) > 0 && len(statuses.ConfigurationRecordersStatus) > 0 {
		v.on, v.group = statuses.ConfigurationRecordersStatus[0].Recording, recorders.ConfigurationRecorders[0].Group
	}
	return nil
}
