package foundation

import "github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"

// Context keys of S3's encryption headers.
const (
	headerEncryption = "s3:x-amz-server-side-encryption"
	headerKey        = "s3:x-amz-server-side-encryption-aws-kms-key-id"
	headerCustomer   = "s3:x-amz-server-side-encryption-customer-algorithm"
)

// bucketPolicy only ever refuses: who may do what stands in the roles of those who do it.
// An upload without encryption headers is right, since the bucket's default encryption is our key; so each statement
// about keys asks with Null whether the header is there (a negated comparison alone also holds where it is missing).
func bucketPolicy(bucketARN, keyARN string) iampolicy.Document {
	objects := bucketARN + "/*"
	denyPut := func(sid string, condition iampolicy.Condition) iampolicy.Statement {
		return iampolicy.Statement{
			Sid: sid, Effect: iampolicy.Deny, Principal: iampolicy.Anyone(),
			Action: []string{"s3:PutObject"}, Resource: []string{objects}, Condition: condition,
		}
	}
	return iampolicy.New(
		iampolicy.DenyPlainHTTP("s3:*", bucketARN, objects),
		iampolicy.Statement{
			Sid: "DenyOldTLS", Effect: iampolicy.Deny, Principal: iampolicy.Anyone(),
			Action: []string{"s3:*"}, Resource: []string{bucketARN, objects},
			Condition: iampolicy.Condition{"NumericLessThan": {"s3:TlsVersion": {"1.2"}}},
		},
		denyPut("DenyAnotherKey", iampolicy.Condition{
			"Null":            {headerKey: {"false"}},
			"StringNotEquals": {headerKey: {keyARN}},
		}),
		// "aws:kms" without a key means the AWS managed key, "AES256" no key of ours either.
		denyPut("DenyEncryptionWithoutOurKey", iampolicy.Condition{
			"Null": {headerEncryption: {"false"}, headerKey: {"true"}},
		}),
		denyPut("DenyCustomerProvidedKey", iampolicy.Condition{
			"Null": {headerCustomer: {"false"}},
		}),
	)
}
