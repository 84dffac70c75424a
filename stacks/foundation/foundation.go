// Package foundation is the first layer: the key that encrypts everything, the bucket of reports, the topics that tell
// people, and the service role for AWS Config. It makes no Config recorder: AWS allows one an account and region.
package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/awsenv"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// Program is the layer as a Pulumi program: settings in, resources made, outputs exported.
func Program(ctx *pulumi.Context) error {
	s, err := ParseSettings(settings.FromContext(ctx, Keys()))
	if err != nil {
		return err
	}
	values, err := Deploy(ctx, s)
	if err != nil {
		return err
	}
	outputs.ExportFoundation(ctx, &values)
	return nil
}

// Deploy makes the layer's resources. It has no upstream.
func Deploy(ctx *pulumi.Context, s Settings) (outputs.Foundation, error) {
	tags := awsenv.BaseTags(s.Project, s.Environment, s.Tags)
	provider, err := awsenv.NewProvider(ctx, awsenv.Account{ID: s.AccountID, Region: s.Region, Local: s.Local}, tags)
	if err != nil {
		return outputs.Foundation{}, err
	}
	identity, err := aws.GetCallerIdentity(ctx, nil, pulumi.Provider(provider))
	if err != nil {
		return outputs.Foundation{}, fmt.Errorf("asking AWS which account the credentials belong to: %w", err)
	}
	env := awsenv.New(names.Prefix(s.Project, s.Environment), identity.AccountId, s.Region, provider)
	values := outputs.Foundation{
		Project:     text(s.Project),
		Environment: text(s.Environment),
		Prefix:      text(env.Prefix),
		AccountID:   text(env.AccountID),
		Region:      text(env.Region),
		Local:       text(fmt.Sprint(s.Local)),
		Tags:        pulumi.ToStringMap(tags).ToStringMapOutput(),
	}
	key, err := makeKey(ctx, env, s, &values)
	if err != nil {
		return values, err
	}
	if err := makeBucket(ctx, env, s, key, &values); err != nil {
		return values, err
	}
	if err := makeTopics(ctx, env, s, key, &values); err != nil {
		return values, err
	}
	return values, makeConfigRole(ctx, env, key, &values)
}

func text(value string) pulumi.StringOutput {
	return pulumi.String(value).ToStringOutput()
}
