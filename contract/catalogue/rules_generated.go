// Code generated from rules.yaml by 'go generate github.com/compliance-monitor/compliance-monitor/contract/catalogue'. DO NOT EDIT.

package catalogue

// shipped is made at the first call of Load: what is a function's body costs nothing at a program's start.
func shipped() *Catalogue {
	return &Catalogue{
		Packs: []Pack{
			{
				Name:        "essentials",
				Description: "What every account should hold to on its first day. The default.",
			},
			{
				Name:        "cis",
				Description: "The rules that give evidence for the CIS AWS Foundations Benchmark v3.0.0.",
			},
			{
				Name:        "data-protection",
				Description: "Encryption, backups, and stores that the public must not reach.",
			},
			{
				Name:        "identity",
				Description: "The root user, people's credentials, and what policies grant.",
			},
			{
				Name:        "network",
				Description: "What the internet can reach, and what is recorded of it.",
			},
			{
				Name:        "operations",
				Description: "Cost, inventory, patching and traceability.",
			},
		},
		Remediations: []Remediation{
			{
				Name:        "s3-default-encryption",
				Description: "Sets the bucket's default encryption to SSE-KMS with the monitor's key and a bucket key. Objects that are there already stay as they are.",
				Risk:        "low",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanS3DefaultEncryption",
						Actions: []string{
							"s3:GetBucketTagging",
							"s3:GetEncryptionConfiguration",
						},
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
					{
						Sid: "ApplyS3DefaultEncryption",
						Actions: []string{
							"s3:PutEncryptionConfiguration",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
				},
			},
			{
				Name:        "s3-public-access-block",
				Description: "Turns on all four settings of Block Public Access for the bucket. Policies and ACLs that open it stay, without effect on the public; requests that would set such ones are refused from then on.",
				Risk:        "high",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanS3PublicAccessBlock",
						Actions: []string{
							"s3:GetBucketTagging",
							"s3:GetBucketPublicAccessBlock",
						},
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
					{
						Sid: "ApplyS3PublicAccessBlock",
						Actions: []string{
							"s3:PutBucketPublicAccessBlock",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
				},
			},
			{
				Name:        "s3-versioning",
				Description: "Turns on the bucket's versioning. Objects that are there already stay as they are; what is overwritten or deleted later is kept, and paid for, until a lifecycle rule removes it.",
				Risk:        "low",
				Statements: []Statement{
					{
						Sid: "PlanS3Versioning",
						Actions: []string{
							"s3:GetBucketTagging",
							"s3:GetBucketVersioning",
						},
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
					{
						Sid: "ApplyS3Versioning",
						Actions: []string{
							"s3:PutBucketVersioning",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
				},
			},
			{
				Name:        "s3-tls-only",
				Description: "Adds a statement to the bucket's policy that denies every request without TLS. The statements that are there stay.",
				Risk:        "medium",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanS3TLSOnly",
						Actions: []string{
							"s3:GetBucketTagging",
							"s3:GetBucketPolicy",
						},
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
					{
						Sid: "ApplyS3TLSOnly",
						Actions: []string{
							"s3:PutBucketPolicy",
							"s3:DeleteBucketPolicy",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:s3:::*",
						},
					},
				},
			},
			{
				Name:        "rds-backup-retention",
				Description: "Makes the DB instance keep automatic backups for the days that the rule asks for, and never for fewer than it does. Turning backups on, from 0 days, interrupts the instance for seconds to minutes.",
				Risk:        "medium",
				Reversible:  true,
				Disruptive:  true,
				Statements: []Statement{
					{
						Sid: "PlanRDS",
						Actions: []string{
							"rds:DescribeDBInstances",
						},
						Resources: []string{
							"arn:${Partition}:rds:${Region}:${Account}:db:*",
						},
					},
					{
						Sid: "ApplyRDS",
						Actions: []string{
							"rds:ModifyDBInstance",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:rds:${Region}:${Account}:db:*",
						},
					},
				},
			},
			{
				Name:        "rds-public-access",
				Description: "Makes the DB instance not publicly accessible, so that its name resolves to its private address everywhere. Clients outside of its network lose it at once; its security groups stay as they are.",
				Risk:        "high",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanRDS",
						Actions: []string{
							"rds:DescribeDBInstances",
						},
						Resources: []string{
							"arn:${Partition}:rds:${Region}:${Account}:db:*",
						},
					},
					{
						Sid: "ApplyRDS",
						Actions: []string{
							"rds:ModifyDBInstance",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:rds:${Region}:${Account}:db:*",
						},
					},
				},
			},
			{
				Name:        "ec2-stop-disallowed-type",
				Description: "Stops a running EC2 instance whose type the rule does not allow. It never terminates one: volumes and private addresses stay, and starting it again brings it back. What is in memory and on instance-store volumes, and a public address that is not an Elastic IP, are lost. The stopped instance violates the rule until its type is changed.",
				Risk:        "high",
				Reversible:  true,
				Disruptive:  true,
				Statements: []Statement{
					{
						Sid: "PlanEC2",
						Actions: []string{
							"ec2:DescribeInstances",
						},
						Resources: []string{
							"*",
						},
					},
					{
						Sid: "ApplyEC2Stop",
						Actions: []string{
							"ec2:StopInstances",
							"ec2:StartInstances",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:ec2:${Region}:${Account}:instance/*",
						},
					},
				},
			},
			{
				Name:        "ec2-imdsv2",
				Description: "Makes an EC2 instance's metadata service ask for a session token (version 2), and leaves its other options as they are. Software that reads metadata with version 1 gets no credentials any more.",
				Risk:        "medium",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanEC2",
						Actions: []string{
							"ec2:DescribeInstances",
						},
						Resources: []string{
							"*",
						},
					},
					{
						Sid: "ApplyEC2IMDSv2",
						Actions: []string{
							"ec2:ModifyInstanceMetadataOptions",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:ec2:${Region}:${Account}:instance/*",
						},
					},
				},
			},
			{
				Name:        "ebs-default-encryption",
				Description: "Turns on encryption by default of new EBS volumes and snapshot copies in the region, with the key that the region has for that. Volumes that are there already stay as they are.",
				Risk:        "medium",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanEBSDefaultEncryption",
						Actions: []string{
							"ec2:GetEbsEncryptionByDefault",
						},
						Resources: []string{
							"*",
						},
					},
					{
						Sid: "ApplyEBSDefaultEncryption",
						Actions: []string{
							"ec2:EnableEbsEncryptionByDefault",
							"ec2:DisableEbsEncryptionByDefault",
						},
						Writes: true,
						Resources: []string{
							"*",
						},
					},
				},
			},
			{
				Name:        "security-group-admin-ports",
				Description: "Revokes those inbound rules of a security group that open exactly port 22 (SSH) or 3389 (RDP) to 0.0.0.0/0 or ::/0. Rules for ranges of ports, for other ports, for other sources, and with tags of their own stay as they are.",
				Risk:        "medium",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanAdminPorts",
						Actions: []string{
							"ec2:DescribeSecurityGroups",
							"ec2:DescribeSecurityGroupRules",
						},
						Resources: []string{
							"*",
						},
					},
					{
						Sid: "ApplyAdminPorts",
						Actions: []string{
							"ec2:RevokeSecurityGroupIngress",
							"ec2:AuthorizeSecurityGroupIngress",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:ec2:${Region}:${Account}:security-group/*",
						},
					},
				},
			},
			{
				Name:        "kms-rotation",
				Description: "Turns on the yearly rotation of a customer managed KMS key's material, for symmetric keys whose material is KMS's own. What was encrypted before stays readable, and the key's id and policy stay the same. KMS charges for the first and the second rotation of a key.",
				Risk:        "low",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanKMSRotation",
						Actions: []string{
							"kms:DescribeKey",
							"kms:GetKeyRotationStatus",
							"kms:ListResourceTags",
						},
						Resources: []string{
							"arn:${Partition}:kms:${Region}:${Account}:key/*",
						},
					},
					{
						Sid: "ApplyKMSRotation",
						Actions: []string{
							"kms:EnableKeyRotation",
							"kms:DisableKeyRotation",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:kms:${Region}:${Account}:key/*",
						},
					},
				},
			},
			{
				Name:        "iam-password-policy",
				Description: "Raises each property of the account's password policy to what the rule demands, makes a policy where there is none, and weakens nothing. Passwords that are older than the new maximum expire at once; the other demands hold from a user's next change of password on.",
				Risk:        "medium",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanIAMPasswordPolicy",
						Actions: []string{
							"iam:GetAccountPasswordPolicy",
						},
						Resources: []string{
							"*",
						},
					},
					{
						Sid: "ApplyIAMPasswordPolicy",
						Actions: []string{
							"iam:UpdateAccountPasswordPolicy",
							"iam:DeleteAccountPasswordPolicy",
						},
						Writes: true,
						Resources: []string{
							"*",
						},
					},
				},
			},
			{
				Name:        "log-group-retention",
				Description: "Raises a CloudWatch log group's retention to the least that CloudWatch Logs accepts and the rule allows. It deletes no event, and what is kept for longer costs more. A log group that never expires is compliant, and stays as it is.",
				Risk:        "low",
				Reversible:  true,
				Statements: []Statement{
					{
						Sid: "PlanLogGroupRetention",
						Actions: []string{
							"logs:DescribeLogGroups",
							"logs:ListTagsForResource",
						},
						Resources: []string{
							"arn:${Partition}:logs:${Region}:${Account}:log-group:*",
						},
					},
					{
						Sid: "ApplyLogGroupRetention",
						Actions: []string{
							"logs:PutRetentionPolicy",
							"logs:DeleteRetentionPolicy",
						},
						Writes: true,
						Resources: []string{
							"arn:${Partition}:logs:${Region}:${Account}:log-group:*",
						},
					},
				},
			},
		},
		Rules: []Rule{
			{
				Name:       "ec2-instance-type",
				Identifier: "DESIRED_INSTANCE_TYPE",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::Instance",
				},
				Severity:    "low",
				Description: "EC2 instances are of a type that the account allows.",
				Guidance:    "Stop the instance, change its type to an allowed one (EC2 console: Actions, Instance settings, Change instance type; aws ec2 modify-instance-attribute) and start it. If the workload needs this type, add it to the rule's instanceType parameter in the settings.",
				Parameters: map[string]string{
					"instanceType": "t3.nano,t3.micro,t3.small,t3.medium,t3.large,t4g.nano,t4g.micro,t4g.small,t4g.medium,t4g.large,m6i.large,m6i.xlarge,m7i.large,m7i.xlarge,m7g.large,m7g.xlarge,c7g.large,c7g.xlarge,r7g.large,r7g.xlarge",
				},
				Packs: []string{
					"essentials",
					"operations",
				},
				Remediation: "ec2-stop-disallowed-type",
			},
			{
				Name:       "s3-encryption",
				Identifier: "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
				},
				Severity:    "high",
				Description: "S3 buckets encrypt new objects by default, or deny uploads without server-side encryption.",
				Guidance:    "Set the bucket's default encryption (S3 console: Properties, Default encryption; aws s3api put-bucket-encryption), preferably SSE-KMS with a customer managed key and a bucket key.",
				Frameworks: Frameworks{
					NIST: []string{
						"CM-3(6)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
				Remediation: "s3-default-encryption",
			},
			{
				Name:       "s3-encryption-kms",
				Identifier: "S3_DEFAULT_ENCRYPTION_KMS",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
					"AWS::KMS::Key",
				},
				Severity:    "medium",
				Description: "S3 buckets encrypt new objects with a KMS key by default.",
				Guidance:    "Set the bucket's default encryption to SSE-KMS with a bucket key (S3 console: Properties, Default encryption; aws s3api put-bucket-encryption). Those who read the objects need kms:Decrypt on the key first.",
				Frameworks: Frameworks{
					NIST: []string{
						"SC-12(2)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
					PCI: []string{
						"3.5.1",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
				Remediation: "s3-default-encryption",
			},
			{
				Name:       "rds-backup-retention",
				Identifier: "DB_INSTANCE_BACKUP_ENABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBInstance",
				},
				Severity:    "high",
				Description: "RDS instances keep automatic backups for at least the required number of days.",
				Guidance:    "Raise the backup retention period (RDS console: Modify, Backup; aws rds modify-db-instance --backup-retention-period). Going from 0 days to more interrupts the instance for seconds to minutes.",
				Frameworks: Frameworks{
					NIST: []string{
						"CP-6",
						"CP-6(1)",
						"CP-6(2)",
						"CP-9",
						"CP-10",
						"SI-12",
					},
				},
				Parameters: map[string]string{
					"backupRetentionMinimum": "7",
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
				Remediation: "rds-backup-retention",
			},
			{
				Name:       "ebs-encryption",
				Identifier: "ENCRYPTED_VOLUMES",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::Volume",
				},
				Severity:    "high",
				Description: "EBS volumes that are attached to an instance are encrypted.",
				Guidance:    "A volume cannot be encrypted in place: snapshot it, copy the snapshot with encryption, make a volume of the copy and swap it in (aws ec2 copy-snapshot --encrypted). Turn on encryption by default so that no new one appears.",
				Frameworks: Frameworks{
					NIST: []string{
						"CM-3(6)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
			},
			{
				Name:       "s3-public-access-block",
				Identifier: "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
				},
				Severity:    "high",
				Description: "S3 buckets block public access with all four of their own settings.",
				Guidance:    "Turn on all four settings of Block Public Access for the bucket (S3 console: Permissions; aws s3api put-public-access-block). A bucket that must be public goes into the rule's excludedPublicBuckets parameter.",
				Frameworks: Frameworks{
					CIS: []string{
						"2.1.4",
					},
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
					PCI: []string{
						"1.4.4",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"data-protection",
				},
				Remediation: "s3-public-access-block",
			},
			{
				Name:       "s3-account-public-access",
				Identifier: "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "high",
				Description: "The account blocks public access to all of its S3 buckets.",
				Guidance:    "Turn on Block Public Access for the account (S3 console: Block Public Access settings for this account; aws s3control put-public-access-block). Serve public files through CloudFront instead.",
				Frameworks: Frameworks{
					CIS: []string{
						"2.1.4",
					},
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
					PCI: []string{
						"1.4.4",
					},
				},
				Parameters: map[string]string{
					"BlockPublicAcls":       "True",
					"BlockPublicPolicy":     "True",
					"IgnorePublicAcls":      "True",
					"RestrictPublicBuckets": "True",
				},
				Packs: []string{
					"cis",
					"data-protection",
				},
			},
			{
				Name:       "s3-public-read",
				Identifier: "S3_BUCKET_PUBLIC_READ_PROHIBITED",
				Trigger:    "both",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
				},
				Severity:    "critical",
				Description: "S3 buckets cannot be read by the public.",
				Guidance:    "Turn on Block Public Access for the bucket (aws s3api put-public-access-block), then remove the policy statement or the ACL grant that opened it, and look in the access logs for who read it.",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
				Remediation: "s3-public-access-block",
			},
			{
				Name:       "s3-public-write",
				Identifier: "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
				Trigger:    "both",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
				},
				Severity:    "critical",
				Description: "S3 buckets cannot be written by the public.",
				Guidance:    "Turn on Block Public Access for the bucket (aws s3api put-public-access-block), then remove the policy statement or the ACL grant that opened it, and check the objects for what others put there.",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
				Remediation: "s3-public-access-block",
			},
			{
				Name:       "s3-tls-only",
				Identifier: "S3_BUCKET_SSL_REQUESTS_ONLY",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
				},
				Severity:    "medium",
				Description: "The policies of S3 buckets deny requests that do not use TLS.",
				Guidance:    "Add a statement to the bucket policy that denies s3:* to everyone when aws:SecureTransport is false (S3 console: Permissions, Bucket policy; aws s3api put-bucket-policy).",
				Frameworks: Frameworks{
					CIS: []string{
						"2.1.1",
					},
					NIST: []string{
						"AC-17(2)",
						"SC-8",
						"SC-8(1)",
						"SC-23",
					},
					PCI: []string{
						"4.2.1",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"data-protection",
				},
				Remediation: "s3-tls-only",
			},
			{
				Name:       "s3-versioning",
				Identifier: "S3_BUCKET_VERSIONING_ENABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
				},
				Severity:    "low",
				Description: "S3 buckets keep old versions of their objects.",
				Guidance:    "Enable versioning (S3 console: Properties, Bucket Versioning; aws s3api put-bucket-versioning) together with a lifecycle rule that expires noncurrent versions, or storage grows without end.",
				Frameworks: Frameworks{
					NIST: []string{
						"AU-9(2)",
						"CP-6",
						"CP-9",
						"CP-10",
						"SI-12",
					},
				},
				Packs: []string{
					"data-protection",
				},
				Remediation: "s3-versioning",
			},
			{
				Name:       "s3-access-logging",
				Identifier: "S3_BUCKET_LOGGING_ENABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::S3::Bucket",
				},
				Severity:    "low",
				Description: "S3 buckets log the requests that they get.",
				Guidance:    "Turn on server access logging to a bucket that is kept for logs (S3 console: Properties, Server access logging; aws s3api put-bucket-logging). The log bucket itself needs an exemption.",
				Frameworks: Frameworks{
					NIST: []string{
						"AU-2",
						"AU-3",
						"AU-12",
					},
					PCI: []string{
						"10.2.1",
					},
				},
				Packs: []string{
					"operations",
				},
			},
			{
				Name:       "rds-encryption",
				Identifier: "RDS_STORAGE_ENCRYPTED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBInstance",
				},
				Severity:    "high",
				Description: "RDS instances encrypt their storage.",
				Guidance:    "An instance cannot be encrypted in place: take a snapshot, copy it with a KMS key (aws rds copy-db-snapshot --kms-key-id), restore the copy and point the applications at it.",
				Frameworks: Frameworks{
					CIS: []string{
						"2.3.1",
					},
					NIST: []string{
						"CM-3(6)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"data-protection",
				},
			},
			{
				Name:       "rds-public-access",
				Identifier: "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBInstance",
				},
				Severity:    "critical",
				Description: "RDS instances are not publicly accessible.",
				Guidance:    "Set Public access to No (RDS console: Modify, Connectivity; aws rds modify-db-instance --no-publicly-accessible --apply-immediately) and review who could connect in the meantime.",
				Frameworks: Frameworks{
					CIS: []string{
						"2.3.3",
					},
					NIST: []string{
						"AC-4",
						"SC-7",
					},
					PCI: []string{
						"1.4.4",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"data-protection",
					"network",
				},
				Remediation: "rds-public-access",
			},
			{
				Name:       "rds-snapshot-public",
				Identifier: "RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBSnapshot",
					"AWS::RDS::DBClusterSnapshot",
				},
				Severity:    "critical",
				Description: "RDS snapshots are not shared with everyone.",
				Guidance:    "Make the snapshot private (RDS console: Actions, Share snapshot; aws rds modify-db-snapshot-attribute --attribute-name restore --values-to-remove all) and treat the data and the secrets in it as disclosed.",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
			},
			{
				Name:       "rds-snapshot-encryption",
				Identifier: "RDS_SNAPSHOT_ENCRYPTED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBSnapshot",
					"AWS::RDS::DBClusterSnapshot",
				},
				Severity:    "medium",
				Description: "RDS snapshots are encrypted.",
				Guidance:    "Copy the snapshot with a KMS key (aws rds copy-db-snapshot --kms-key-id), delete the plain one, and encrypt the database that it came from.",
				Frameworks: Frameworks{
					NIST: []string{
						"CM-3(6)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
				},
				Packs: []string{
					"data-protection",
				},
			},
			{
				Name:       "rds-minor-upgrades",
				Identifier: "RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBInstance",
				},
				Severity:    "medium",
				Description: "RDS instances install minor engine versions by themselves.",
				Guidance:    "Enable auto minor version upgrade (RDS console: Modify, Maintenance; aws rds modify-db-instance --auto-minor-version-upgrade) and choose a maintenance window that suits.",
				Frameworks: Frameworks{
					CIS: []string{
						"2.3.2",
					},
					NIST: []string{
						"SI-2",
						"SI-2(2)",
						"SI-2(5)",
					},
					PCI: []string{
						"6.3.3",
					},
				},
				Packs: []string{
					"cis",
					"operations",
				},
			},
			{
				Name:       "rds-multi-az",
				Identifier: "RDS_MULTI_AZ_SUPPORT",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBInstance",
				},
				Severity:    "medium",
				Description: "RDS instances have a standby in another Availability Zone.",
				Guidance:    "Convert the instance to a Multi-AZ deployment (RDS console: Modify, Availability; aws rds modify-db-instance --multi-az). It about doubles the instance's cost, so exempt databases that may be down for hours.",
				Frameworks: Frameworks{
					NIST: []string{
						"CP-6(2)",
						"CP-10",
						"SC-36",
					},
				},
				Packs: []string{
					"operations",
				},
			},
			{
				Name:       "rds-deletion-protection",
				Identifier: "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::RDS::DBInstance",
				},
				Severity:    "low",
				Description: "RDS instances are protected against deletion.",
				Guidance:    "Enable deletion protection (RDS console: Modify, Deletion protection; aws rds modify-db-instance --deletion-protection). It takes effect at once and does not restart the database.",
				Frameworks: Frameworks{
					NIST: []string{
						"CM-3",
						"SI-13(5)",
					},
				},
				Packs: []string{
					"data-protection",
				},
			},
			{
				Name:       "dynamodb-pitr",
				Identifier: "DYNAMODB_PITR_ENABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::DynamoDB::Table",
				},
				Severity:    "medium",
				Description: "DynamoDB tables can be restored to any point in time of the last days.",
				Guidance:    "Turn on point-in-time recovery (DynamoDB console: Backups; aws dynamodb update-continuous-backups). It is charged by the table's size.",
				Frameworks: Frameworks{
					NIST: []string{
						"CP-6(2)",
						"CP-9",
						"CP-10",
						"SI-12",
					},
				},
				Packs: []string{
					"data-protection",
				},
			},
			{
				Name:       "efs-encryption",
				Identifier: "EFS_ENCRYPTED_CHECK",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::EFS::FileSystem",
				},
				Severity:    "high",
				Description: "EFS file systems are encrypted with KMS.",
				Guidance:    "Encryption is chosen when a file system is made: make an encrypted one (aws efs create-file-system --encrypted), copy the files with AWS DataSync and mount it in place of the old one.",
				Frameworks: Frameworks{
					CIS: []string{
						"2.4.1",
					},
					NIST: []string{
						"CM-3(6)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
				},
				Packs: []string{
					"cis",
					"data-protection",
				},
			},
			{
				Name:       "sns-encryption",
				Identifier: "SNS_ENCRYPTED_KMS",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::SNS::Topic",
				},
				Severity:    "low",
				Description: "SNS topics are encrypted with KMS.",
				Guidance:    "Set a KMS key on the topic (SNS console: Edit, Encryption; aws sns set-topic-attributes --attribute-name KmsMasterKeyId). AWS services that publish to it must be named in the key's policy.",
				Frameworks: Frameworks{
					NIST: []string{
						"CM-3(6)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
				},
				Packs: []string{
					"data-protection",
				},
			},
			{
				Name:       "ebs-default-encryption",
				Identifier: "EC2_EBS_ENCRYPTION_BY_DEFAULT",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "medium",
				Description: "The account encrypts new EBS volumes by default.",
				Guidance:    "Turn on encryption by default in each region (EC2 console: Settings, Data protection and security; aws ec2 enable-ebs-encryption-by-default). Volumes that are there already stay as they are.",
				Frameworks: Frameworks{
					CIS: []string{
						"2.2.1",
					},
					NIST: []string{
						"CM-3(6)",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"data-protection",
				},
				Remediation: "ebs-default-encryption",
			},
			{
				Name:       "ebs-snapshot-public",
				Identifier: "EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "critical",
				Description: "EBS snapshots cannot be restored by everyone.",
				Guidance:    "Make the snapshot private (EC2 console: Actions, Modify permissions; aws ec2 modify-snapshot-attribute --operation-type remove --group-names all) and treat the data and the secrets in it as disclosed.",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
			},
			{
				Name:       "secrets-rotation",
				Identifier: "SECRETSMANAGER_ROTATION_ENABLED_CHECK",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::SecretsManager::Secret",
				},
				Severity:    "medium",
				Description: "Secrets in Secrets Manager are rotated automatically.",
				Guidance:    "Turn on rotation for the secret (Secrets Manager console: Rotation; aws secretsmanager rotate-secret) with a rotation function for what the secret opens.",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-2(1)",
						"AC-3(15)",
					},
					PCI: []string{
						"8.3.9",
						"8.6.3",
					},
				},
				Packs: []string{
					"data-protection",
					"identity",
				},
			},
			{
				Name:       "kms-rotation",
				Identifier: "CMK_BACKING_KEY_ROTATION_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::KMS::Key",
				},
				Severity:    "medium",
				Description: "Customer managed KMS keys rotate their key material.",
				Guidance:    "Turn on automatic rotation (KMS console: Key rotation; aws kms enable-key-rotation). What was encrypted before stays readable.",
				Frameworks: Frameworks{
					CIS: []string{
						"3.6",
					},
					NIST: []string{
						"SC-12",
						"SC-12(2)",
						"SC-28(3)",
					},
					PCI: []string{
						"3.7.4",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"data-protection",
				},
				Remediation: "kms-rotation",
			},
			{
				Name:       "kms-deletion",
				Identifier: "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::KMS::Key",
				},
				Severity:    "critical",
				Description: "No customer managed KMS key is scheduled for deletion.",
				Guidance:    "Unless the deletion is meant, cancel it before its date (KMS console: Key actions, Cancel key deletion; aws kms cancel-key-deletion) and enable the key again. After that date, what it encrypted is lost.",
				Frameworks: Frameworks{
					NIST: []string{
						"SC-12",
						"SC-12(2)",
					},
				},
				Packs: []string{
					"essentials",
					"data-protection",
				},
			},
			{
				Name:       "iam-root-access-key",
				Identifier: "IAM_ROOT_ACCESS_KEY_CHECK",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "critical",
				Description: "The root user has no access key.",
				Guidance:    "Sign in as root, and under Security credentials deactivate and delete its access keys. Give what used them a role.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.4",
					},
					NIST: []string{
						"AC-2(1)",
						"AC-3(15)",
						"AC-6",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-root-mfa",
				Identifier: "ROOT_ACCOUNT_MFA_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "critical",
				Description: "The root user signs in with a second factor.",
				Guidance:    "Sign in as root, and under Security credentials assign at least one MFA device; AWS accepts up to eight, so keep a spare. In an organization, remove the member account's root credentials instead.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.5",
					},
					NIST: []string{
						"AC-2(1)",
						"IA-2(1)",
						"IA-2(2)",
						"IA-2(6)",
					},
					PCI: []string{
						"8.4.2",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-root-hardware-mfa",
				Identifier: "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "high",
				Description: "The root user's second factor is a hardware device.",
				Guidance:    "Sign in as root, and under Security credentials assign a hardware TOTP token or a security key, then remove the virtual MFA devices.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.6",
					},
					NIST: []string{
						"AC-2(1)",
						"IA-2(1)",
						"IA-2(2)",
						"IA-2(6)",
					},
				},
				Packs: []string{
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-password-policy",
				Identifier: "IAM_PASSWORD_POLICY",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "medium",
				Description: "The account's password policy asks for long passwords that are not reused.",
				Guidance:    "Set the password policy (IAM console: Account settings; aws iam update-account-password-policy) to at least the rule's parameters. Better, let people sign in through IAM Identity Center and have no IAM passwords.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.8",
						"1.9",
					},
					NIST: []string{
						"AC-2(1)",
						"AC-2(3)",
						"IA-5(1)",
					},
					PCI: []string{
						"8.3.6",
						"8.3.7",
						"8.3.9",
					},
				},
				Parameters: map[string]string{
					"MaxPasswordAge":             "90",
					"MinimumPasswordLength":      "14",
					"PasswordReusePrevention":    "24",
					"RequireLowercaseCharacters": "true",
					"RequireNumbers":             "true",
					"RequireSymbols":             "true",
					"RequireUppercaseCharacters": "true",
				},
				Packs: []string{
					"essentials",
					"cis",
					"identity",
				},
				Remediation: "iam-password-policy",
			},
			{
				Name:       "iam-console-mfa",
				Identifier: "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::IAM::User",
				},
				Severity:    "high",
				Description: "IAM users with a console password have a second factor.",
				Guidance:    "Have the user assign an MFA device (IAM console: the user's Security credentials; aws iam enable-mfa-device), or delete a password that is not needed (aws iam delete-login-profile).",
				Frameworks: Frameworks{
					CIS: []string{
						"1.10",
					},
					NIST: []string{
						"AC-2(1)",
						"IA-2(1)",
						"IA-2(2)",
						"IA-2(6)",
					},
					PCI: []string{
						"8.4.2",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-unused-credentials",
				Identifier: "IAM_USER_UNUSED_CREDENTIALS_CHECK",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::IAM::User",
				},
				Severity:    "medium",
				Description: "Passwords and access keys of IAM users have been used lately.",
				Guidance:    "Deactivate the credentials that the credential report shows as unused (aws iam generate-credential-report; aws iam update-access-key --status Inactive; aws iam delete-login-profile), and delete them when nobody misses them.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.12",
					},
					NIST: []string{
						"AC-2",
						"AC-2(3)",
						"AC-6",
					},
					PCI: []string{
						"8.2.6",
					},
				},
				Parameters: map[string]string{
					"maxCredentialUsageAge": "45",
				},
				Packs: []string{
					"essentials",
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-access-key-rotation",
				Identifier: "ACCESS_KEYS_ROTATED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::IAM::User",
				},
				Severity:    "medium",
				Description: "Access keys of IAM users are not older than the allowed number of days.",
				Guidance:    "Make a second key, move what uses the old one over, deactivate the old key, and delete it (aws iam create-access-key, update-access-key, delete-access-key). Better, use a role, which has no key to rotate.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.14",
					},
					NIST: []string{
						"AC-2(1)",
						"AC-2(3)",
						"AC-3(15)",
					},
					PCI: []string{
						"8.3.9",
						"8.6.3",
					},
				},
				Parameters: map[string]string{
					"maxAccessKeyAge": "90",
				},
				Packs: []string{
					"essentials",
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-user-no-policies",
				Identifier: "IAM_USER_NO_POLICIES_CHECK",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::IAM::User",
				},
				Severity:    "low",
				Description: "IAM users get their permissions through groups or roles, not through policies of their own.",
				Guidance:    "Put the user into a group with the policies, then detach the user's own (IAM console: the user's Permissions; aws iam detach-user-policy, delete-user-policy).",
				Frameworks: Frameworks{
					CIS: []string{
						"1.15",
					},
					NIST: []string{
						"AC-2",
						"AC-3",
						"AC-6",
					},
				},
				Packs: []string{
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-no-admin-policies",
				Identifier: "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::IAM::Policy",
				},
				Severity:    "high",
				Description: "Customer managed IAM policies do not allow every action on every resource.",
				Guidance:    "Replace the statement that allows * on * with the actions that are used (IAM console: the policy's Access Advisor shows them; aws iam create-policy-version).",
				Frameworks: Frameworks{
					CIS: []string{
						"1.16",
					},
					NIST: []string{
						"AC-2",
						"AC-3",
						"AC-5",
						"AC-6",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-access-analyzer",
				Identifier: "IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "medium",
				Description: "IAM Access Analyzer looks for resources that are shared outside.",
				Guidance:    "Create an external access analyzer in each region (IAM console: Access Analyzer; aws accessanalyzer create-analyzer --type ACCOUNT). It is free of charge.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.20",
					},
				},
				Packs: []string{
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-expired-certificates",
				Identifier: "IAM_SERVER_CERTIFICATE_EXPIRATION_CHECK",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::IAM::ServerCertificate",
				},
				Severity:    "medium",
				Description: "No server certificate that is stored in IAM has expired.",
				Guidance:    "Move what uses the certificate to AWS Certificate Manager, then delete it from IAM (aws iam delete-server-certificate).",
				Frameworks: Frameworks{
					CIS: []string{
						"1.19",
					},
				},
				Packs: []string{
					"cis",
					"identity",
				},
			},
			{
				Name:       "iam-no-cloudshell-full-access",
				Identifier: "IAM_POLICY_BLACKLISTED_CHECK",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::IAM::User",
					"AWS::IAM::Group",
					"AWS::IAM::Role",
				},
				Severity:    "medium",
				Description: "No IAM identity has AWSCloudShellFullAccess, with which files can be carried out of the account.",
				Guidance:    "Detach AWSCloudShellFullAccess (IAM console: Permissions; aws iam detach-role-policy) and grant the CloudShell actions that are needed without file upload and download.",
				Frameworks: Frameworks{
					CIS: []string{
						"1.22",
					},
				},
				Parameters: map[string]string{
					"policyArns": "arn:aws:iam::aws:policy/AWSCloudShellFullAccess",
				},
				Packs: []string{
					"cis",
					"identity",
				},
			},
			{
				Name:       "lambda-public-access",
				Identifier: "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::Lambda::Function",
				},
				Severity:    "critical",
				Description: "Lambda functions cannot be invoked by everyone.",
				Guidance:    "Remove the statement with the principal * from the function's policy (Lambda console: Configuration, Permissions; aws lambda remove-permission), or bind it with aws:SourceAccount.",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
					PCI: []string{
						"7.2.1",
					},
				},
				Packs: []string{
					"essentials",
					"identity",
					"network",
				},
			},
			{
				Name:       "restricted-ssh",
				Identifier: "INCOMING_SSH_DISABLED",
				Trigger:    "both",
				ResourceTypes: []string{
					"AWS::EC2::SecurityGroup",
				},
				Severity:    "high",
				Description: "Security groups do not open SSH to the whole internet.",
				Guidance:    "Remove the inbound rule for port 22 from 0.0.0.0/0 or ::/0 (EC2 console: Edit inbound rules; aws ec2 revoke-security-group-ingress). Connect through Session Manager, or from known addresses.",
				Frameworks: Frameworks{
					CIS: []string{
						"5.2",
						"5.3",
					},
					NIST: []string{
						"AC-4",
						"CM-7",
						"SC-7",
					},
					PCI: []string{
						"1.3.1",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"network",
				},
				Remediation: "security-group-admin-ports",
			},
			{
				Name:       "restricted-ports",
				Identifier: "RESTRICTED_INCOMING_TRAFFIC",
				Trigger:    "both",
				ResourceTypes: []string{
					"AWS::EC2::SecurityGroup",
				},
				Severity:    "high",
				Description: "Security groups do not open FTP, RDP and common database ports to the whole internet.",
				Guidance:    "Remove the inbound rule from 0.0.0.0/0 or ::/0 (EC2 console: Edit inbound rules; aws ec2 revoke-security-group-ingress) and allow only the security groups or addresses that need the port.",
				Frameworks: Frameworks{
					CIS: []string{
						"5.2",
						"5.3",
					},
					NIST: []string{
						"AC-4",
						"CM-7",
						"SC-7",
					},
					PCI: []string{
						"1.3.1",
					},
				},
				Parameters: map[string]string{
					"blockedPort1": "20",
					"blockedPort2": "21",
					"blockedPort3": "3389",
					"blockedPort4": "3306",
					"blockedPort5": "5432",
				},
				Packs: []string{
					"essentials",
					"cis",
					"network",
				},
				Remediation: "security-group-admin-ports",
			},
			{
				Name:       "vpc-default-sg-closed",
				Identifier: "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::SecurityGroup",
				},
				Severity:    "high",
				Description: "The default security group of each VPC allows no traffic.",
				Guidance:    "Give what uses the default group a group of its own, then remove all rules of the default one, inbound and outbound (EC2 console: Security groups; aws ec2 revoke-security-group-ingress and -egress).",
				Frameworks: Frameworks{
					CIS: []string{
						"5.4",
					},
					NIST: []string{
						"AC-4",
						"SC-7",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"network",
				},
			},
			{
				Name:       "vpc-flow-logs",
				Identifier: "VPC_FLOW_LOGS_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::EC2::VPC",
				},
				Severity:    "medium",
				Description: "VPCs record the traffic of their network interfaces.",
				Guidance:    "Create a flow log for the VPC to CloudWatch Logs or S3 (VPC console: Your VPCs, Flow logs; aws ec2 create-flow-logs). Recording rejected traffic only keeps the cost low.",
				Frameworks: Frameworks{
					CIS: []string{
						"3.7",
					},
					NIST: []string{
						"AC-4(26)",
						"AU-2",
						"AU-3",
						"AU-12",
						"CA-7",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"network",
				},
			},
			{
				Name:       "nacl-admin-ports",
				Identifier: "NACL_NO_UNRESTRICTED_SSH_RDP",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::NetworkAcl",
				},
				Severity:    "medium",
				Description: "Network ACLs do not let the whole internet in to SSH and RDP.",
				Guidance:    "Narrow the source of the inbound entries that cover port 22 or 3389, or put a deny entry with a lower number in front (VPC console: Network ACLs; aws ec2 replace-network-acl-entry).",
				Frameworks: Frameworks{
					CIS: []string{
						"5.1",
					},
					NIST: []string{
						"AC-4(21)",
						"CM-7",
						"SC-7",
					},
					PCI: []string{
						"1.3.1",
					},
				},
				Packs: []string{
					"cis",
					"network",
				},
			},
			{
				Name:       "subnet-no-auto-public-ip",
				Identifier: "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::Subnet",
				},
				Severity:    "medium",
				Description: "Subnets do not give public addresses to new instances by themselves.",
				Guidance:    "Turn off auto-assign public IPv4 address (VPC console: Subnets, Edit subnet settings; aws ec2 modify-subnet-attribute --no-map-public-ip-on-launch).",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
					PCI: []string{
						"1.4.4",
					},
				},
				Packs: []string{
					"network",
				},
			},
			{
				Name:       "ec2-no-public-ip",
				Identifier: "EC2_INSTANCE_NO_PUBLIC_IP",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::Instance",
				},
				Severity:    "high",
				Description: "EC2 instances have no public address.",
				Guidance:    "Move the instance to a private subnet behind a load balancer or a NAT gateway; an automatically assigned address goes only with a new launch. Exempt the few that must face the internet.",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-3",
						"AC-4",
						"AC-6",
						"AC-21",
						"SC-7",
					},
				},
				Packs: []string{
					"network",
				},
			},
			{
				Name:       "ec2-imdsv2",
				Identifier: "EC2_IMDSV2_CHECK",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::Instance",
				},
				Severity:    "high",
				Description: "EC2 instances require version 2 of the instance metadata service.",
				Guidance:    "Require tokens (EC2 console: Actions, Instance settings, Modify instance metadata options; aws ec2 modify-instance-metadata-options --http-tokens required). Software with an old SDK may need an update first.",
				Frameworks: Frameworks{
					CIS: []string{
						"5.6",
					},
					NIST: []string{
						"AC-3",
						"AC-6",
					},
					PCI: []string{
						"2.2.6",
					},
				},
				Packs: []string{
					"essentials",
					"cis",
					"network",
				},
				Remediation: "ec2-imdsv2",
			},
			{
				Name:       "alb-http-to-https",
				Identifier: "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::ElasticLoadBalancingV2::LoadBalancer",
				},
				Severity:    "medium",
				Description: "Application Load Balancers redirect HTTP to HTTPS.",
				Guidance:    "Change the default action of each HTTP listener to a redirect to HTTPS on port 443 (EC2 console: Load balancers, Listeners; aws elbv2 modify-listener).",
				Frameworks: Frameworks{
					NIST: []string{
						"AC-17(2)",
						"SC-8",
						"SC-8(1)",
						"SC-23",
					},
				},
				Packs: []string{
					"network",
				},
			},
			{
				Name:       "acm-expiring-certificates",
				Identifier: "ACM_CERTIFICATE_EXPIRATION_CHECK",
				Trigger:    "both",
				ResourceTypes: []string{
					"AWS::ACM::Certificate",
				},
				Severity:    "medium",
				Description: "Certificates in AWS Certificate Manager do not expire within the next weeks.",
				Guidance:    "ACM renews what it issued while its DNS validation record is in place, so restore the record; import a new version of an imported certificate (aws acm import-certificate --certificate-arn).",
				Frameworks: Frameworks{
					NIST: []string{
						"SC-28(3)",
					},
					PCI: []string{
						"4.2.1",
					},
				},
				Parameters: map[string]string{
					"daysToExpiration": "30",
				},
				Packs: []string{
					"network",
					"operations",
				},
			},
			{
				Name:       "cloudtrail-multi-region",
				Identifier: "MULTI_REGION_CLOUD_TRAIL_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "high",
				Description: "A CloudTrail trail records the management events of all regions.",
				Guidance:    "Create a trail for all regions with read and write management events (CloudTrail console: Create trail; aws cloudtrail create-trail --is-multi-region-trail, then start-logging).",
				Frameworks: Frameworks{
					CIS: []string{
						"3.1",
					},
					NIST: []string{
						"AU-2",
						"AU-3",
						"AU-10",
						"AU-12",
						"CA-7",
					},
				},
				Parameters: map[string]string{
					"includeManagementEvents": "true",
					"readWriteType":           "ALL",
				},
				Packs: []string{
					"essentials",
					"cis",
					"operations",
				},
			},
			{
				Name:       "cloudtrail-log-validation",
				Identifier: "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::CloudTrail::Trail",
				},
				Severity:    "low",
				Description: "CloudTrail trails sign their log files, so that tampering shows.",
				Guidance:    "Enable log file validation (CloudTrail console: the trail's General details; aws cloudtrail update-trail --enable-log-file-validation).",
				Frameworks: Frameworks{
					CIS: []string{
						"3.2",
					},
					NIST: []string{
						"AU-9",
						"SI-7(1)",
					},
					PCI: []string{
						"10.3.2",
					},
				},
				Packs: []string{
					"cis",
					"operations",
				},
			},
			{
				Name:       "cloudtrail-encryption",
				Identifier: "CLOUD_TRAIL_ENCRYPTION_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::CloudTrail::Trail",
				},
				Severity:    "medium",
				Description: "CloudTrail trails encrypt their log files with a KMS key.",
				Guidance:    "Set a KMS key whose policy lets CloudTrail use it (CloudTrail console: the trail's General details; aws cloudtrail update-trail --kms-key-id).",
				Frameworks: Frameworks{
					CIS: []string{
						"3.5",
					},
					NIST: []string{
						"AU-9",
						"SC-13",
						"SC-28",
						"SC-28(1)",
					},
					PCI: []string{
						"10.3.2",
					},
				},
				Packs: []string{
					"cis",
					"data-protection",
				},
			},
			{
				Name:       "guardduty-enabled",
				Identifier: "GUARDDUTY_ENABLED_CENTRALIZED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::::Account",
				},
				Severity:    "high",
				Description: "GuardDuty watches the account and the region.",
				Guidance:    "Enable GuardDuty (GuardDuty console: Get started; aws guardduty create-detector --enable), for all accounts of an organization through its delegated administrator.",
				Frameworks: Frameworks{
					NIST: []string{
						"CA-7",
						"SI-4",
						"SI-4(1)",
						"SI-4(4)",
					},
					PCI: []string{
						"11.5.1",
					},
				},
				Packs: []string{
					"essentials",
					"operations",
				},
			},
			{
				Name:       "log-group-retention",
				Identifier: "CW_LOGGROUP_RETENTION_PERIOD_CHECK",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::Logs::LogGroup",
				},
				Severity:    "low",
				Description: "CloudWatch log groups keep their events for at least the required number of days.",
				Guidance:    "Set a longer retention on the log group (CloudWatch console: Actions, Edit retention setting; aws logs put-retention-policy).",
				Frameworks: Frameworks{
					NIST: []string{
						"AU-10",
						"AU-11",
						"SI-12",
					},
				},
				Parameters: map[string]string{
					"MinRetentionTime": "7",
				},
				Packs: []string{
					"operations",
				},
				Remediation: "log-group-retention",
			},
			{
				Name:       "ec2-managed-by-ssm",
				Identifier: "EC2_INSTANCE_MANAGED_BY_SSM",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::EC2::Instance",
					"AWS::SSM::ManagedInstanceInventory",
				},
				Severity:    "medium",
				Description: "EC2 instances are managed by Systems Manager.",
				Guidance:    "Install and start the SSM agent and give the instance the AmazonSSMManagedInstanceCore policy, or turn on default host management (Systems Manager console: Fleet Manager).",
				Frameworks: Frameworks{
					NIST: []string{
						"CM-2",
						"CM-8",
						"SI-2(3)",
					},
				},
				Packs: []string{
					"operations",
				},
			},
			{
				Name:       "ec2-stopped-instances",
				Identifier: "EC2_STOPPED_INSTANCE",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::EC2::Instance",
				},
				Severity:    "low",
				Description: "No EC2 instance has been stopped for longer than the allowed number of days.",
				Guidance:    "Make an image if the instance may be wanted again, then terminate it (aws ec2 create-image, terminate-instances). Its volumes are paid for while it is stopped.",
				Frameworks: Frameworks{
					NIST: []string{
						"CM-2",
					},
				},
				Parameters: map[string]string{
					"AllowedDays": "30",
				},
				Packs: []string{
					"operations",
				},
			},
			{
				Name:       "ecr-image-scanning",
				Identifier: "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
				Trigger:    "periodic",
				ResourceTypes: []string{
					"AWS::ECR::Repository",
				},
				Severity:    "medium",
				Description: "Private ECR repositories scan their images for vulnerabilities.",
				Guidance:    "Turn on scanning for the registry or scan on push for the repository (ECR console: Private registry, Scanning; aws ecr put-registry-scanning-configuration).",
				Frameworks: Frameworks{
					NIST: []string{
						"RA-5",
					},
					PCI: []string{
						"6.2.3",
						"6.2.4",
					},
				},
				Packs: []string{
					"operations",
				},
			},
			{
				Name:       "required-tags",
				Identifier: "REQUIRED_TAGS",
				Trigger:    "change",
				ResourceTypes: []string{
					"AWS::AutoScaling::AutoScalingGroup",
					"AWS::DynamoDB::Table",
					"AWS::EC2::Instance",
					"AWS::EC2::Volume",
					"AWS::EC2::VPC",
					"AWS::ElasticLoadBalancingV2::LoadBalancer",
					"AWS::RDS::DBInstance",
					"AWS::S3::Bucket",
				},
				Severity:    "low",
				Description: "Resources that cost money or hold data carry the tags Environment and Project.",
				Guidance:    "Add the missing tags where the resource is defined, or with Tag Editor (Resource Groups console; aws resourcegroupstaggingapi tag-resources). The rule's parameters name the keys.",
				Parameters: map[string]string{
					"tag1Key": "Environment",
					"tag2Key": "Project",
				},
				Packs: []string{
					"operations",
				},
			},
		},
	}
}
