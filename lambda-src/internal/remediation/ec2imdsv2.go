package remediation

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// EC2IMDSv2 is the catalogue's name of the remediation.
const EC2IMDSv2 = "ec2-imdsv2"

// EC2Metadata is what the remediation calls, besides reading.
type EC2Metadata interface {
	ModifyInstanceMetadataOptions(
		ctx context.Context, in *ec2.ModifyInstanceMetadataOptionsInput, options ...func(*ec2.Options),
	) (*ec2.ModifyInstanceMetadataOptionsOutput, error)
}

// newEC2IMDSv2 makes an instance's metadata service ask for a session token. EC2 keeps the options that it is not told
// about: the hop limit, IPv6, and whether tags are shown.
func newEC2IMDSv2(client EC2) Remediation {
	calls := ec2Metadata{client: client}
	return remedy[metadata]{
		tags: instanceTags(client), read: calls.read, write: calls.write, properties: metadata.properties,
		plan: func(_ resource.Resource, current metadata, _ Parameters) (metadata, error) {
			return planIMDSv2(current)
		},
	}
}

type ec2Metadata struct{ client EC2 }

// metadata is who gets in to an instance's metadata service.
type metadata struct {
	Tokens   string `json:"httpTokens"`
	Endpoint string `json:"httpEndpoint"`
}

func (m metadata) properties() []property {
	return []property{{"HttpTokens", m.Tokens}, {"HttpEndpoint", m.Endpoint}}
}

// planIMDSv2 decides how an instance's metadata service is to be asked.
func planIMDSv2(current metadata) (metadata, error) {
	switch {
	case current.Tokens == string(types.HttpTokensStateRequired):
		return current, nil
	case current.Endpoint != string(types.InstanceMetadataEndpointStateEnabled):
		// Tokens can be required where there is an endpoint only, and opening one would be no fix.
		return metadata{}, errors.New("its metadata service is off, so nobody gets in with version 1 or 2: exempt it from the rule")
	}
	current.Tokens = string(types.HttpTokensStateRequired)
	return current, nil
}

func (e ec2Metadata) write(ctx context.Context, target resource.Resource, _, to metadata) error {
	_, err := e.client.ModifyInstanceMetadataOptions(ctx, &ec2.ModifyInstanceMetadataOptionsInput{
		InstanceId: aws.String(target.ID), HttpTokens: types.HttpTokensState(to.Tokens),
		HttpEndpoint: types.InstanceMetadataEndpointState(to.Endpoint),
	})
	if err != nil {
		return fmt.Errorf("setting the metadata options of instance %s: %w", target.ID, err)
	}
	return nil
}

// read takes options that are pending for those that are in force: a stopped instance applies them when it starts.
func (e ec2Metadata) read(ctx context.Context, target resource.Resource) (metadata, error) {
	instance, err := readInstance(ctx, e.client, target)
	if err != nil {
		return metadata{}, err
	}
	options := instance.MetadataOptions
	if options == nil || options.HttpTokens == "" || options.HttpEndpoint == "" {
		return metadata{}, fmt.Errorf("reading instance %s: the answer does not have its metadata options", target.ID)
	}
	return metadata{Tokens: string(options.HttpTokens), Endpoint: string(options.HttpEndpoint)}, nil
}
