package awserr_test

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/awserr"
)

var _ = DescribeTable("An answer of AWS to a remediation should mean what its code says and nothing else",
	func(code string, meant func(error) bool) {
		Expect(meant(fmt.Errorf("calling: %w", &smithy.GenericAPIError{Code: code}))).To(BeTrue())
		Expect(meant(&smithy.GenericAPIError{Code: "AccessDenied", Message: code})).To(BeFalse())
		Expect(meant(errors.New(code))).To(BeFalse())
		Expect(meant(nil)).To(BeFalse())
	},
	Entry("a missing instance", "InvalidInstanceID.NotFound", awserr.IsNoSuchInstance),
	Entry("a missing security group", "InvalidGroup.NotFound", awserr.IsNoSuchSecurityGroup),
	Entry("a missing rule of a security group", "InvalidPermission.NotFound", awserr.IsNoSuchPermission),
	Entry("a rule that a security group has already", "InvalidPermission.Duplicate", awserr.IsDuplicatePermission),
	Entry("a missing KMS key", "NotFoundException", awserr.IsNoSuchKMSKey),
	Entry("a missing password policy", "NoSuchEntity", awserr.IsNoPasswordPolicy),
	Entry("a missing log group", "ResourceNotFoundException", awserr.IsNoSuchLogGroup),
)
