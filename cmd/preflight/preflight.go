// Package preflight asks AWS, before anything is changed, whether a deployment can succeed and is meant for this account.
package preflight

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// mostRules is AWS's limit of Config rules in an account and region.
const mostRules = 1000

// Identity tells whose credentials these are.
type Identity interface {
	GetCallerIdentity(
		context.Context, *sts.GetCallerIdentityInput, ...func(*sts.Options),
	) (*sts.GetCallerIdentityOutput, error)
}

// Config tells of the account's recorder and rules.
type Config interface {
	DescribeConfigurationRecorderStatus(
		context.Context, *configservice.DescribeConfigurationRecorderStatusInput, ...func(*configservice.Options),
	) (*configservice.DescribeConfigurationRecorderStatusOutput, error)
	configservice.DescribeConfigRulesAPIClient
}

// Expectations are what the stack expects of the account.
type Expectations struct {
	Stack     string
	AccountID string // empty: any
	Prefix    string // what the names of this deployment's rules start with
	Rules     int    // Config rules that the deployment has
}

// Check says everything that stands in the way of the deployment.
func Check(ctx context.Context, identity Identity, config Config, want Expectations) error {
	account, err := CheckAccount(ctx, identity, want)
	if err != nil {
		return err // the rest would be said of an account that nobody meant
	}
	return errors.Join(checkRecorder(ctx, config, account), checkQuota(ctx, config, want))
}

// CheckAccount returns the account that the credentials belong to. It fails where they do not work, or belong to another
// account than the stack expects.
func CheckAccount(ctx context.Context, identity Identity, want Expectations) (string, error) {
	caller, err := identity.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", credentialsError(err)
	}
	account := aws.ToString(caller.Account)
	if want.AccountID != "" && account != want.AccountID {
		return "", fmt.Errorf("the credentials (%s) belong to account %s, but stack %s expects account %s: "+
			"use credentials of that account, or correct accountId in stacks/foundation/Pulumi.%s.yaml",
			aws.ToString(caller.Arn), account, want.Stack, want.AccountID, want.Stack)
	}
	return account, nil
}

// checkRecorder fails where nothing records: PutConfigRule would answer NoAvailableConfigurationRecorder, and rules
// without a recording recorder never evaluate. The monitor makes no recorder: AWS allows one an account and region.
func checkRecorder(ctx context.Context, config Config, account string) error {
	status, err := config.DescribeConfigurationRecorderStatus(ctx,
		&configservice.DescribeConfigurationRecorderStatusInput{})
	if err != nil {
		return fmt.Errorf("asking AWS Config for the recorder of account %s: %w", account,
			callError(err, "config:DescribeConfigurationRecorderStatus"))
	}
	if len(status.ConfigurationRecordersStatus) == 0 {
		return fmt.Errorf("account %s has no AWS Config recorder in this region, and the monitor never makes one "+
			"(AWS allows one an account and region): set up AWS Config in the console, "+
			"or see 'The recorder' in docs/operations.md", account)
	}
	for _, recorder := range status.ConfigurationRecordersStatus {
		if recorder.Recording {
			return nil
		}
	}
	name := aws.ToString(status.ConfigurationRecordersStatus[0].Name)
	return fmt.Errorf("the AWS Config recorder %s of account %s is stopped: start it with "+
		"'aws configservice start-configuration-recorder --configuration-recorder-name %s'", name, account, name)
}
