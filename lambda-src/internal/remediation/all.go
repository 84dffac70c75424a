package remediation

// Clients are the clients of AWS that remediations call.
type Clients struct {
	S3   S3
	RDS  RDS
	EC2  EC2
	KMS  KMS
	IAM  IAM
	Logs Logs
}

// S3 is what all remediations of buckets call.
type S3 interface {
	S3Tags
	S3Encryption
	S3PublicAccess
	S3BucketVersioning
	S3BucketPolicy
}

// All is every remediation, by its name in the catalogue. Buckets are encrypted with the CMK of the given ARN.
func All(clients Clients, keyARN string) map[string]Remediation {
	return map[string]Remediation{
		S3DefaultEncryption:     newS3DefaultEncryption(clients.S3, keyARN),
		S3PublicAccessBlock:     newS3PublicAccessBlock(clients.S3),
		S3Versioning:            newS3Versioning(clients.S3),
		S3TLSOnly:               newS3TLSOnly(clients.S3),
		RDSBackupRetention:      newRDSBackupRetention(clients.RDS),
		RDSPublicAccess:         newRDSPublicAccess(clients.RDS),
		EC2StopDisallowedType:   newEC2StopDisallowedType(clients.EC2),
		EC2IMDSv2:               newEC2IMDSv2(clients.EC2),
		EBSDefaultEncryption:    newEBSDefaultEncryption(clients.EC2),
		SecurityGroupAdminPorts: newSecurityGroupAdminPorts(clients.EC2),
		KMSRotation:             newKMSRotation(clients.KMS),
		IAMPasswordPolicy:       newIAMPasswordPolicy(clients.IAM),
		LogGroupRetention:       newLogGroupRetention(clients.Logs),
	}
}
