// Package preflight asks AWS, before anything is changed, whether a deployment can succeed and is meant for this account.
package preflight

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
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
	caller, err := identity.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return credentialsError(err)
	}
	account := aws.ToString(caller.Account)
	if want.AccountID != "" && account != want.AccountID {
		return fmt.Errorf("the credentials (%s) belong to account %s, but stack %s expects account %s: "+
			"use credentials of that account, or correct accountId in stacks/foundation/Pulumi.%s.yaml",
			aws.ToString(caller.Arn), account, want.Stack, want.AccountID, want.Stack)
	}
	return errors.Join(checkRecorder(ctx, config, account), checkQuota(ctx, config, want))
}

// credentialsError says what is wrong with the credentials, by AWS's error code.
func credentialsError(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return fmt.Errorf("finding AWS credentials: %w; sign in with 'aws sso login' or 'aws configure', "+
			"or set AWS_PROFILE", err)
	}
	switch api.ErrorCode() {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return fmt.Errorf("the AWS credentials have expired (%s): sign in again, for instance with 'aws sso login', "+
			"and run the same command again", api.ErrorMessage())
	case "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException", "AuthFailure":
		return fmt.Errorf("AWS does not accept the credentials (%s): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "+
			"AWS_PROFILE", api.ErrorMessage())
	default:
		return fmt.Errorf("asking AWS whose credentials these are: %w", err)
	}
}

// checkRecorder fails where nothing records: PutConfigRule would answer NoAvailableConfigurationRecorder, and rules
// without a recording recorder never evaluate. The monitor makes no recorder: AWS allows one an account and region.
func checkRecorder(ctx context.Context, config Config, account string) error {
	status, err := config.DescribeConfigurationRecorderStatus(ctx,
		&configservice.DescribeConfigurationRecorderStatusInput{})
	if err != nil {
		return fmt.Errorf("asking AWS Config for the recorder of account %s: %w", account, err)
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
