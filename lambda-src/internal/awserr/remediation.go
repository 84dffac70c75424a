package awserr

// Codes of AWS's answers to the remediations of EC2, KMS, IAM and CloudWatch Logs.
const (
	codeNoSuchInstance      = "InvalidInstanceID.NotFound"
	codeNoSuchSecurityGroup = "InvalidGroup.NotFound"
	codeNoSuchPermission    = "InvalidPermission.NotFound"
	codeDuplicatePermission = "InvalidPermission.Duplicate"
	codeNoSuchKMSKey        = "NotFoundException"
	codeNoSuchEntity        = "NoSuchEntity"
	codeNoSuchLogGroup      = "ResourceNotFoundException"
)

// IsNoSuchInstance says that an EC2 instance does not exist.
func IsNoSuchInstance(err error) bool { return is(err, codeNoSuchInstance) }

// IsNoSuchSecurityGroup says that a security group does not exist.
func IsNoSuchSecurityGroup(err error) bool { return is(err, codeNoSuchSecurityGroup) }

// IsNoSuchPermission says that a security group does not have the rule that was to be revoked.
func IsNoSuchPermission(err error) bool { return is(err, codeNoSuchPermission) }

// IsDuplicatePermission says that a security group has the rule already that was to be added.
func IsDuplicatePermission(err error) bool { return is(err, codeDuplicatePermission) }

// IsNoSuchKMSKey says that a KMS key does not exist.
func IsNoSuchKMSKey(err error) bool { return is(err, codeNoSuchKMSKey) }

// IsNoPasswordPolicy says that the account has no password policy of its own: IAM's default one holds.
func IsNoPasswordPolicy(err error) bool { return is(err, codeNoSuchEntity) }

// IsNoSuchLogGroup says that a log group does not exist.
func IsNoSuchLogGroup(err error) bool { return is(err, codeNoSuchLogGroup) }
