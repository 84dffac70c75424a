package localcloud_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// versions are those of the APIs that speak the query protocol.
var versions = map[string]string{
	"ec2": "2016-11-15", "rds": "2014-10-31", "iam": "2010-05-08", "sns": "2010-03-31", "elasticloadbalancing": "2015-12-01",
	"autoscaling": "2011-01-01",
}

// query asks an operation of the query protocol, with parameters in pairs, and gives the answer.
func query(ctx context.Context, service, action string, parameters ...string) string {
	GinkgoHelper()
	form := url.Values{"Action": {action}, "Version": {versions[service]}}
	for i := 0; i < len(parameters); i += 2 {
		form.Set(parameters[i], parameters[i+1])
	}
	header := authorization(service)
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body := send(ctx, http.MethodPost, "/", header, strings.NewReader(form.Encode()))
	Expect(status).To(BeNumerically("<", 300), "%s: %s", action, body)
	return body
}

// tell asks an operation of the JSON protocols, and gives the answer.
func tell(ctx context.Context, service, target, body string) string {
	GinkgoHelper()
	header := authorization(service)
	header.Set("Content-Type", "application/x-amz-json-1.1")
	header.Set("X-Amz-Target", target)
	status, answer := send(ctx, http.MethodPost, "/", header, strings.NewReader(body))
	Expect(status).To(BeNumerically("<", 300), "%s: %s", target, answer)
	return answer
}

// rest sends a request to a service that speaks REST, and gives the answer.
func rest(ctx context.Context, service, method, path, body string) string {
	GinkgoHelper()
	status, answer := send(ctx, method, path, authorization(service), strings.NewReader(body))
	Expect(status).To(BeNumerically("<", 300), "%s %s: %s", method, path, answer)
	return answer
}

// part is the first group of a pattern in an answer.
func part(answer, pattern string) string {
	GinkgoHelper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(answer)
	Expect(found).To(HaveLen(2), "%s in %s", pattern, answer)
	return found[1]
}

// story is what befalls a resource under a rule: it is made out of line, put right, and taken away.
type story struct {
	identifier string
	parameters string
	begin      func(context.Context) string // makes the resource and gives the id that AWS Config knows it by
	fix        func(context.Context, string)
	end        func(context.Context, string)
	stays      types.ComplianceType // what a resource complies with that can't be taken away; nothing where it goes
}

// watched is a rule under test.
type watched struct {
	config     *configservice.Client
	name       string
	identifier string
	parameters string
}

// put puts the rule, also again: it is evaluated then, whatever triggers it.
func (w watched) put(ctx context.Context) {
	GinkgoHelper()
	rule := &types.ConfigRule{ConfigRuleName: &w.name, Source: &types.Source{Owner: types.OwnerAws, SourceIdentifier: &w.identifier}}
	if w.parameters != "" {
		rule.InputParameters = &w.parameters
	}
	_, err := w.config.PutConfigRule(ctx, &configservice.PutConfigRuleInput{ConfigRule: rule})
	Expect(err).NotTo(HaveOccurred())
}

// compliance is the compliance of a resource under the rule, and empty where it has no result.
func (w watched) compliance(ctx context.Context, id string) func(Gomega) types.ComplianceType {
	return func(g Gomega) types.ComplianceType {
		pages := configservice.NewGetComplianceDetailsByConfigRulePaginator(w.config,
			&configservice.GetComplianceDetailsByConfigRuleInput{ConfigRuleName: &w.name, Limit: 100})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			g.Expect(err).NotTo(HaveOccurred())
			for _, result := range page.EvaluationResults {
				if *result.EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId == id {
					return result.ComplianceType
				}
			}
		}
		return ""
	}
}

const (
	patience      = 2 * time.Minute // for a machine that is busy
	s3Service     = "s3"
	logsTarget    = "Logs_20140328."
	keysTarget    = "TrentService."
	tablesTarget  = "DynamoDB_20120810."
	secretsTarget = "secretsmanager."
	imagesTarget  = "AmazonEC2ContainerRegistry_V20150921."
	trailsTarget  = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
	account       = "123456789012"
)

var _ = Describe("A managed rule", func() {
	var leftover []string // rules that a spec leaves behind

	DescribeTable("should find a resource out of line, put right, and gone",
		func(ctx SpecContext, tale story) {
			rule := watched{configservice.NewFromConfig(client), "rule-" + rand.Text(), tale.identifier, tale.parameters}
			rule.put(ctx)
			DeferCleanup(func(ctx SpecContext) {
				_, err := rule.config.DeleteConfigRule(ctx, &configservice.DeleteConfigRuleInput{ConfigRuleName: &rule.name})
				Expect(err).NotTo(HaveOccurred())
			})
			periodic := strings.HasPrefix(CurrentSpecReport().LeafNodeText, "in time")
			seen := func(id string, expected types.ComplianceType) {
				GinkgoHelper()
				if periodic {
					rule.put(ctx)
				}
				Eventually(ctx, rule.compliance(ctx, id)).WithTimeout(patience).Should(Equal(expected))
			}
			id := tale.begin(ctx)
			seen(id, types.ComplianceTypeNonCompliant)
			tale.fix(ctx, id)
			seen(id, types.ComplianceTypeCompliant)
			if tale.end != nil {
				tale.end(ctx, id)
				seen(id, tale.stays)
			}
		},
		Entry("a bucket without encryption", bucketStory("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", "", "", "encryption", sse("AES256"))),
		Entry("a bucket without KMS", bucketStory("S3_DEFAULT_ENCRYPTION_KMS", "", sse("AES256"), "encryption", sse("aws:kms"))),
		Entry("a bucket without versions", bucketStory("S3_BUCKET_VERSIONING_ENABLED", "", "", "versioning",
			`<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`)),
		Entry("a bucket that blocks nothing", bucketStory("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", "", "", "publicAccessBlock",
			`<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>`+
				`<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`)),
		Entry("a bucket without TLS", bucketStory("S3_BUCKET_SSL_REQUESTS_ONLY", "", "", "policy",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",`+
				`"Resource":["arn:aws:s3:::BUCKET","arn:aws:s3:::BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)),
		Entry("a bucket that the public reads", bucketStory("S3_BUCKET_PUBLIC_READ_PROHIBITED", "",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}]}`,
			"policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}]}`)),
		Entry("a bucket that the public writes", bucketStory("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "",
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Put*","Resource":"arn:aws:s3:::BUCKET/*"}]}`,
			"policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/*"}]}`)),
		Entry("a bucket that is not logged", openedToLogs(bucketStory("S3_BUCKET_LOGGING_ENABLED", `{"targetPrefix":"log/"}`, "", "logging",
			`<BucketLoggingStatus><LoggingEnabled><TargetBucket>BUCKET</TargetBucket><TargetPrefix>log/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>`))),
		Entry("a bucket without tags", bucketStory("REQUIRED_TAGS", `{"tag1Key":"Environment"}`, "", "tagging",
			`<Tagging><TagSet><Tag><Key>Environment</Key><Value>test</Value></Tag></TagSet></Tagging>`)),

		Entry("a database without backups", databaseStory("DB_INSTANCE_BACKUP_ENABLED", `{"backupRetentionMinimum":"7"}`,
			"BackupRetentionPeriod", "1", "7")),
		Entry("a public database", databaseStory("RDS_INSTANCE_PUBLIC_ACCESS_CHECK", "", "PubliclyAccessible", "true", "false")),
		Entry("a database without upgrades", databaseStory("RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED", "", "AutoMinorVersionUpgrade", "false", "true")),
		Entry("a database in one zone", databaseStory("RDS_MULTI_AZ_SUPPORT", "", "MultiAZ", "false", "true")),
		Entry("a database without protection", databaseStory("RDS_INSTANCE_DELETION_PROTECTION_ENABLED", "", "DeletionProtection", "false", "true")),

		Entry("a snapshot of a database that everybody may restore", story{
			identifier: "RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
			begin: func(ctx context.Context) string {
				database, snapshot := "db-"+strings.ToLower(rand.Text()), "snapshot-"+strings.ToLower(rand.Text())
				query(ctx, "rds", "CreateDBInstance", "DBInstanceIdentifier", database, "Engine", "mysql", "DBInstanceClass", "db.t3.micro",
					"MasterUsername", "u", "MasterUserPassword", "passw0rd1", "AllocatedStorage", "20")
				DeferCleanup(func(ctx SpecContext) {
					query(ctx, "rds", "DeleteDBInstance", "DBInstanceIdentifier", database, "SkipFinalSnapshot", "true")
				})
				query(ctx, "rds", "CreateDBSnapshot", "DBInstanceIdentifier", database, "DBSnapshotIdentifier", snapshot)
				query(ctx, "rds", "ModifyDBSnapshotAttribute", "DBSnapshotIdentifier", snapshot, "AttributeName", "restore", "ValuesToAdd.AttributeValue.1", "all")
				return snapshot
			},
			fix: func(ctx context.Context, id string) {
				query(ctx, "rds", "ModifyDBSnapshotAttribute", "DBSnapshotIdentifier", id, "AttributeName", "restore", "ValuesToRemove.AttributeValue.1", "all")
			},
			end: func(ctx context.Context, id string) {
				query(ctx, "rds", "DeleteDBSnapshot", "DBSnapshotIdentifier", id)
			},
		}),
		Entry("a function that everybody may invoke", story{
			identifier: "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", begin: makeOpenFunction,
			fix: func(ctx context.Context, id string) {
				rest(ctx, "lambda", http.MethodDelete, "/2015-03-31/functions/"+id+"/policy/open", "")
			},
			end: func(ctx context.Context, id string) {
				rest(ctx, "lambda", http.MethodDelete, "/2015-03-31/functions/"+id, "")
			},
		}),
		Entry("in time, an instance that is stopped", story{
			identifier: "EC2_STOPPED_INSTANCE", parameters: `{"AllowedDays":"0"}`, end: terminate,
			begin: func(ctx context.Context) string {
				id := runInstance(ctx)
				query(ctx, "ec2", "StopInstances", "InstanceId.1", id)
				return id
			},
			fix: func(ctx context.Context, id string) { query(ctx, "ec2", "StartInstances", "InstanceId.1", id) },
		}),
		Entry("in time, a trail whose files nobody can check", story{
			identifier: "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", begin: makeTrail,
			fix: func(ctx context.Context, id string) {
				tell(ctx, "cloudtrail", trailsTarget+"UpdateTrail", `{"Name":"`+id+`","EnableLogFileValidation":true}`)
			},
			end: func(ctx context.Context, id string) {
				tell(ctx, "cloudtrail", trailsTarget+"DeleteTrail", `{"Name":"`+id+`"}`)
			},
		}),
		Entry("in time, a trail that is not encrypted", story{
			identifier: "CLOUD_TRAIL_ENCRYPTION_ENABLED", begin: makeTrail,
			fix: func(ctx context.Context, id string) {
				tell(ctx, "cloudtrail", trailsTarget+"UpdateTrail", `{"Name":"`+id+`","KmsKeyId":"`+makeKey(ctx)+`"}`)
			},
			end: func(ctx context.Context, id string) {
				tell(ctx, "cloudtrail", trailsTarget+"DeleteTrail", `{"Name":"`+id+`"}`)
			},
		}),
		Entry("an instance of another type", story{
			identifier: "DESIRED_INSTANCE_TYPE", parameters: `{"instanceType":"t3.micro,t3.small"}`, begin: runInstance, end: terminate,
			fix: func(ctx context.Context, id string) {
				query(ctx, "ec2", "StopInstances", "InstanceId.1", id)
				query(ctx, "ec2", "ModifyInstanceAttribute", "InstanceId", id, "InstanceType.Value", "t3.small")
			},
		}),
		Entry("an instance with the old metadata service", story{
			identifier: "EC2_IMDSV2_CHECK", begin: runInstance, end: terminate,
			fix: func(ctx context.Context, id string) {
				query(ctx, "ec2", "ModifyInstanceMetadataOptions", "InstanceId", id, "HttpTokens", "required")
			},
		}),
		Entry("a volume that is not encrypted", story{
			identifier: "ENCRYPTED_VOLUMES",
			begin: func(ctx context.Context) string {
				instance := runInstance(ctx)
				DeferCleanup(func(ctx SpecContext) { terminate(ctx, instance) })
				id := part(query(ctx, "ec2", "CreateVolume", "AvailabilityZone", "us-east-1a", "Size", "1"), "<volumeId>(.*?)</volumeId>")
				query(ctx, "ec2", "AttachVolume", "VolumeId", id, "InstanceId", instance, "Device", "/dev/sdf")
				return id
			},
			fix: func(ctx context.Context, id string) { // the same volume can't be encrypted; without an instance no rule minds
				Skip("a volume is replaced, not fixed; the decision is in a table of its own")
			},
		}),
		Entry("SSH open to the world", groupStory("INCOMING_SSH_DISABLED", "22")),
		Entry("RDP open to the world", groupStory("RESTRICTED_INCOMING_TRAFFIC", "3389")),
		Entry("a default group that is open", story{
			identifier: "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
			begin: func(ctx context.Context) string {
				vpc := part(query(ctx, "ec2", "CreateVpc", "CidrBlock", "10.9.0.0/16"), "<vpcId>(.*?)</vpcId>")
				DeferCleanup(func(ctx SpecContext) { query(ctx, "ec2", "DeleteVpc", "VpcId", vpc) })
				groups := query(ctx, "ec2", "DescribeSecurityGroups", "Filter.1.Name", "vpc-id", "Filter.1.Value.1", vpc)
				return part(groups, "<groupId>(.*?)</groupId>")
			},
			fix: func(ctx context.Context, id string) {
				query(ctx, "ec2", "RevokeSecurityGroupEgress", "GroupId", id, "IpPermissions.1.IpProtocol", "-1",
					"IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0")
			},
		}),
		Entry("a subnet with public addresses", story{
			identifier: "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
			begin: func(ctx context.Context) string {
				vpc := part(query(ctx, "ec2", "CreateVpc", "CidrBlock", "10.8.0.0/16"), "<vpcId>(.*?)</vpcId>")
				DeferCleanup(func(ctx SpecContext) { query(ctx, "ec2", "DeleteVpc", "VpcId", vpc) })
				id := part(query(ctx, "ec2", "CreateSubnet", "VpcId", vpc, "CidrBlock", "10.8.1.0/24"), "<subnetId>(.*?)</subnetId>")
				query(ctx, "ec2", "ModifySubnetAttribute", "SubnetId", id, "MapPublicIpOnLaunch.Value", "true")
				return id
			},
			fix: func(ctx context.Context, id string) {
				query(ctx, "ec2", "ModifySubnetAttribute", "SubnetId", id, "MapPublicIpOnLaunch.Value", "false")
			},
			end: func(ctx context.Context, id string) { query(ctx, "ec2", "DeleteSubnet", "SubnetId", id) },
		}),
		Entry("a network ACL that is open", story{
			identifier: "NACL_NO_UNRESTRICTED_SSH_RDP",
			begin: func(ctx context.Context) string {
				vpc := part(query(ctx, "ec2", "CreateVpc", "CidrBlock", "10.7.0.0/16"), "<vpcId>(.*?)</vpcId>")
				DeferCleanup(func(ctx SpecContext) { query(ctx, "ec2", "DeleteVpc", "VpcId", vpc) })
				id := part(query(ctx, "ec2", "CreateNetworkAcl", "VpcId", vpc), "<networkAclId>(.*?)</networkAclId>")
				query(ctx, "ec2", "CreateNetworkAclEntry", "NetworkAclId", id, "RuleNumber", "100", "Protocol", "6", "RuleAction", "allow",
					"Egress", "false", "CidrBlock", "0.0.0.0/0", "PortRange.From", "20", "PortRange.To", "30")
				return id
			},
			fix: func(ctx context.Context, id string) {
				query(ctx, "ec2", "DeleteNetworkAclEntry", "NetworkAclId", id, "RuleNumber", "100", "Egress", "false")
			},
			end: func(ctx context.Context, id string) { query(ctx, "ec2", "DeleteNetworkAcl", "NetworkAclId", id) },
		}),

		Entry("a table without recovery", story{
			identifier: "DYNAMODB_PITR_ENABLED",
			begin: func(ctx context.Context) string {
				name := "table-" + rand.Text()
				tell(ctx, "dynamodb", tablesTarget+"CreateTable", `{"TableName":"`+name+`","BillingMode":"PAY_PER_REQUEST",`+
					`"AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]}`)
				return name
			},
			fix: func(ctx context.Context, id string) {
				tell(ctx, "dynamodb", tablesTarget+"UpdateContinuousBackups",
					`{"TableName":"`+id+`","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}}`)
			},
			end: func(ctx context.Context, id string) {
				tell(ctx, "dynamodb", tablesTarget+"DeleteTable", `{"TableName":"`+id+`"}`)
			},
		}),
		Entry("a topic that is not encrypted", story{
			identifier: "SNS_ENCRYPTED_KMS",
			begin: func(ctx context.Context) string {
				return part(query(ctx, "sns", "CreateTopic", "Name", "topic-"+rand.Text()), "<TopicArn>(.*?)</TopicArn>")
			},
			fix: func(ctx context.Context, id string) {
				query(ctx, "sns", "SetTopicAttributes", "TopicArn", id, "AttributeName", "KmsMasterKeyId", "AttributeValue", "alias/aws/sns")
			},
			end: func(ctx context.Context, id string) { query(ctx, "sns", "DeleteTopic", "TopicArn", id) },
		}),
		Entry("a secret that is not rotated", story{
			identifier: "SECRETSMANAGER_ROTATION_ENABLED_CHECK",
			begin: func(ctx context.Context) string {
				return part(tell(ctx, "secretsmanager", secretsTarget+"CreateSecret", `{"Name":"secret-`+rand.Text()+`","SecretString":"x","ClientRequestToken":"`+
					strings.Repeat("a", 32)+`"}`), `"ARN": ?"(.*?)"`)
			},
			fix: func(ctx context.Context, id string) {
				tell(ctx, "secretsmanager", secretsTarget+"RotateSecret", `{"SecretId":"`+id+`","RotationRules":{"AutomaticallyAfterDays":7},"ClientRequestToken":"`+
					strings.Repeat("b", 32)+`"}`)
			},
			end: func(ctx context.Context, id string) {
				tell(ctx, "secretsmanager", secretsTarget+"DeleteSecret", `{"SecretId":"`+id+`","ForceDeleteWithoutRecovery":true}`)
			},
		}),
		Entry("a user with policies", story{
			identifier: "IAM_USER_NO_POLICIES_CHECK",
			begin: func(ctx context.Context) string {
				id := makeUser(ctx)
				query(ctx, "iam", "AttachUserPolicy", "UserName", "user", "PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess")
				return id
			},
			fix: func(ctx context.Context, _ string) {
				query(ctx, "iam", "DetachUserPolicy", "UserName", "user", "PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess")
			},
			end: func(ctx context.Context, _ string) { query(ctx, "iam", "DeleteUser", "UserName", "user") },
		}),
		Entry("a policy that allows everything", story{
			identifier: "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
			begin: func(ctx context.Context) string {
				return part(query(ctx, "iam", "CreatePolicy", "PolicyName", "all", "PolicyDocument",
					`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`), "<PolicyId>(.*?)</PolicyId>")
			},
			fix: func(ctx context.Context, _ string) {
				query(ctx, "iam", "CreatePolicyVersion", "PolicyArn", "arn:aws:iam::"+account+":policy/all", "SetAsDefault", "true", "PolicyDocument",
					`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
			},
			end: func(ctx context.Context, _ string) {
				query(ctx, "iam", "DeletePolicyVersion", "PolicyArn", "arn:aws:iam::"+account+":policy/all", "VersionId", "v1")
				query(ctx, "iam", "DeletePolicy", "PolicyArn", "arn:aws:iam::"+account+":policy/all")
			},
		}),
		Entry("a role with a policy that is not wanted", story{
			identifier: "IAM_POLICY_BLACKLISTED_CHECK", parameters: `{"policyArns":"arn:aws:iam::aws:policy/AdministratorAccess"}`,
			begin: func(ctx context.Context) string {
				id := part(query(ctx, "iam", "CreateRole", "RoleName", "admin", "AssumeRolePolicyDocument",
					`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
					"<RoleId>(.*?)</RoleId>")
				query(ctx, "iam", "AttachRolePolicy", "RoleName", "admin", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
				return id
			},
			fix: func(ctx context.Context, _ string) {
				query(ctx, "iam", "DetachRolePolicy", "RoleName", "admin", "PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess")
			},
			end: func(ctx context.Context, _ string) { query(ctx, "iam", "DeleteRole", "RoleName", "admin") },
		}),
		Entry("a load balancer without tags", story{
			identifier: "REQUIRED_TAGS", parameters: `{"tag1Key":"Environment"}`, begin: makeBalancer, end: deleteBalancer,
			fix: func(ctx context.Context, id string) {
				query(ctx, "elasticloadbalancing", "AddTags", "ResourceArns.member.1", id, "Tags.member.1.Key", "Environment", "Tags.member.1.Value", "x")
			},
		}),

		Entry("in time, a load balancer that speaks HTTP", story{
			identifier: "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK", end: deleteBalancer,
			begin: func(ctx context.Context) string {
				id := makeBalancer(ctx)
				query(ctx, "elasticloadbalancing", "CreateListener", "LoadBalancerArn", id, "Protocol", "HTTP", "Port", "80",
					"DefaultActions.member.1.Type", "fixed-response", "DefaultActions.member.1.FixedResponseConfig.StatusCode", "200",
					"DefaultActions.member.1.FixedResponseConfig.ContentType", "text/plain")
				return id
			},
			fix: func(ctx context.Context, id string) {
				listener := part(query(ctx, "elasticloadbalancing", "DescribeListeners", "LoadBalancerArn", id), "<ListenerArn>(.*?)</ListenerArn>")
				query(ctx, "elasticloadbalancing", "ModifyListener", "ListenerArn", listener, "DefaultActions.member.1.Type", "redirect",
					"DefaultActions.member.1.RedirectConfig.Protocol", "HTTPS", "DefaultActions.member.1.RedirectConfig.Port", "443",
					"DefaultActions.member.1.RedirectConfig.StatusCode", "HTTP_301")
			},
		}),
		Entry("in time, a key that is not rotated", story{
			identifier: "CMK_BACKING_KEY_ROTATION_ENABLED",
			begin:      makeKey,
			fix: func(ctx context.Context, id string) {
				tell(ctx, "kms", keysTarget+"EnableKeyRotation", `{"KeyId":"`+id+`"}`)
			},
			end: func(ctx context.Context, id string) {
				tell(ctx, "kms", keysTarget+"ScheduleKeyDeletion", `{"KeyId":"`+id+`","PendingWindowInDays":7}`)
			},
			stays: types.ComplianceTypeNotApplicable,
		}),
		Entry("in time, a key that is to be deleted", story{
			identifier: "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
			begin: func(ctx context.Context) string {
				id := makeKey(ctx)
				tell(ctx, "kms", keysTarget+"ScheduleKeyDeletion", `{"KeyId":"`+id+`","PendingWindowInDays":7}`)
				return id
			},
			fix: func(ctx context.Context, id string) {
				tell(ctx, "kms", keysTarget+"CancelKeyDeletion", `{"KeyId":"`+id+`"}`)
			},
		}),
		Entry("in time, an account without a password policy", story{
			identifier: "IAM_PASSWORD_POLICY", parameters: `{"MinimumPasswordLength":"14","PasswordReusePrevention":"5","MaxPasswordAge":"90"}`,
			begin: func(context.Context) string { return account },
			fix: func(ctx context.Context, _ string) {
				query(ctx, "iam", "UpdateAccountPasswordPolicy", "MinimumPasswordLength", "14", "RequireSymbols", "true", "RequireNumbers", "true",
					"RequireUppercaseCharacters", "true", "RequireLowercaseCharacters", "true", "MaxPasswordAge", "90", "PasswordReusePrevention", "5")
			},
			end:   func(ctx context.Context, _ string) { query(ctx, "iam", "DeleteAccountPasswordPolicy") },
			stays: types.ComplianceTypeNonCompliant,
		}),
		Entry("in time, a region that does not encrypt volumes", story{
			identifier: "EC2_EBS_ENCRYPTION_BY_DEFAULT",
			begin:      func(context.Context) string { return account },
			fix:        func(ctx context.Context, _ string) { query(ctx, "ec2", "EnableEbsEncryptionByDefault") },
			end:        func(ctx context.Context, _ string) { query(ctx, "ec2", "DisableEbsEncryptionByDefault") },
			stays:      types.ComplianceTypeNonCompliant,
		}),
		Entry("in time, an account that blocks nothing", story{
			identifier: "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
			begin:      func(context.Context) string { return account },
			fix: func(ctx context.Context, _ string) {
				accountBlock(ctx, http.MethodPut, `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>`+
					`<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`)
			},
			end:   func(ctx context.Context, _ string) { accountBlock(ctx, http.MethodDelete, "") },
			stays: types.ComplianceTypeNonCompliant,
		}),
		Entry("in time, a log group that forgets", story{
			identifier: "CW_LOGGROUP_RETENTION_PERIOD_CHECK", parameters: `{"MinRetentionTime":"7"}`,
			begin: func(ctx context.Context) string {
				name := "group-" + rand.Text()
				tell(ctx, "logs", logsTarget+"CreateLogGroup", `{"logGroupName":"`+name+`"}`)
				tell(ctx, "logs", logsTarget+"PutRetentionPolicy", `{"logGroupName":"`+name+`","retentionInDays":1}`)
				return name
			},
			fix: func(ctx context.Context, id string) {
				tell(ctx, "logs", logsTarget+"PutRetentionPolicy", `{"logGroupName":"`+id+`","retentionInDays":30}`)
			},
			end: func(ctx context.Context, id string) {
				tell(ctx, "logs", logsTarget+"DeleteLogGroup", `{"logGroupName":"`+id+`"}`)
			},
		}),
		Entry("in time, a VPC without flow logs", story{
			identifier: "VPC_FLOW_LOGS_ENABLED", parameters: `{"trafficType":"ALL"}`,
			begin: func(ctx context.Context) string {
				return part(query(ctx, "ec2", "CreateVpc", "CidrBlock", "10.6.0.0/16"), "<vpcId>(.*?)</vpcId>")
			},
			fix: func(ctx context.Context, id string) {
				tell(ctx, "logs", logsTarget+"CreateLogGroup", `{"logGroupName":"flows-`+id+`"}`)
				query(ctx, "ec2", "CreateFlowLogs", "ResourceId.1", id, "ResourceType", "VPC", "TrafficType", "ALL", "LogGroupName", "flows-"+id,
					"DeliverLogsPermissionArn", "arn:aws:iam::"+account+":role/flows")
			},
			end: func(ctx context.Context, id string) { query(ctx, "ec2", "DeleteVpc", "VpcId", id) },
		}),
		Entry("in time, a user with an old key", userStory("ACCESS_KEYS_ROTATED", `{"maxAccessKeyAge":"0"}`)),
		Entry("in time, a user with an unused key", userStory("IAM_USER_UNUSED_CREDENTIALS_CHECK", `{"maxCredentialUsageAge":"0"}`)),
		Entry("in time, a user with a password only", story{
			identifier: "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
			begin: func(ctx context.Context) string {
				id := makeUser(ctx)
				query(ctx, "iam", "CreateLoginProfile", "UserName", "user", "Password", "Correct-horse-1")
				return id
			},
			fix: func(ctx context.Context, _ string) {
				device := part(query(ctx, "iam", "CreateVirtualMFADevice", "VirtualMFADeviceName", "phone"), "<SerialNumber>(.*?)</SerialNumber>")
				query(ctx, "iam", "EnableMFADevice", "UserName", "user", "SerialNumber", device, "AuthenticationCode1", "123456", "AuthenticationCode2", "654321")
			},
			end: func(ctx context.Context, _ string) {
				query(ctx, "iam", "DeactivateMFADevice", "UserName", "user", "SerialNumber", "arn:aws:iam::"+account+":mfa/phone")
				query(ctx, "iam", "DeleteVirtualMFADevice", "SerialNumber", "arn:aws:iam::"+account+":mfa/phone")
				query(ctx, "iam", "DeleteLoginProfile", "UserName", "user")
				query(ctx, "iam", "DeleteUser", "UserName", "user")
			},
		}),
		Entry("in time, a snapshot that everybody may restore", story{
			identifier: "EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK",
			begin: func(ctx context.Context) string {
				volume := part(query(ctx, "ec2", "CreateVolume", "AvailabilityZone", "us-east-1a", "Size", "1"), "<volumeId>(.*?)</volumeId>")
				snapshot := part(query(ctx, "ec2", "CreateSnapshot", "VolumeId", volume), "<snapshotId>(.*?)</snapshotId>")
				query(ctx, "ec2", "ModifySnapshotAttribute", "SnapshotId", snapshot, "Attribute", "createVolumePermission", "OperationType", "add", "UserGroup.1", "all")
				DeferCleanup(func(ctx SpecContext) { query(ctx, "ec2", "DeleteVolume", "VolumeId", volume) })
				return account
			},
			fix: func(ctx context.Context, _ string) {
				snapshots := query(ctx, "ec2", "DescribeSnapshots", "Filter.1.Name", "owner-id", "Filter.1.Value.1", account)
				query(ctx, "ec2", "DeleteSnapshot", "SnapshotId", part(snapshots, "<snapshotId>(.*?)</snapshotId>"))
			},
		}),
		Entry("in time, a file system that is not encrypted", story{
			identifier: "EFS_ENCRYPTED_CHECK",
			begin: func(ctx context.Context) string {
				return part(rest(ctx, "elasticfilesystem", http.MethodPost, "/2015-02-01/file-systems", `{"CreationToken":"`+rand.Text()+`"}`),
					`"FileSystemId": ?"(.*?)"`)
			},
			fix: func(ctx context.Context, id string) {
				rest(ctx, "elasticfilesystem", http.MethodDelete, "/2015-02-01/file-systems/"+id, "")
				Skip("a file system is replaced, not fixed; the decision is in a table of its own")
			},
		}),
		Entry("in time, a repository that is not scanned", story{
			identifier: "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
			begin: func(ctx context.Context) string {
				name := "repository-" + strings.ToLower(rand.Text())
				tell(ctx, "ecr", imagesTarget+"CreateRepository", `{"repositoryName":"`+name+`"}`)
				return name
			},
			fix: func(ctx context.Context, id string) {
				tell(ctx, "ecr", imagesTarget+"PutImageScanningConfiguration", `{"repositoryName":"`+id+`","imageScanningConfiguration":{"scanOnPush":true}}`)
			},
			end: func(ctx context.Context, id string) {
				tell(ctx, "ecr", imagesTarget+"DeleteRepository", `{"repositoryName":"`+id+`"}`)
			},
		}),
		Entry("in time, an account without a trail for all regions", trailStory("MULTI_REGION_CLOUD_TRAIL_ENABLED",
			`{"includeManagementEvents":"true","readWriteType":"ALL"}`)),
		Entry("in time, an account without a trail", trailStory("CLOUD_TRAIL_ENABLED", "")),
		Entry("in time, a region without GuardDuty", story{
			identifier: "GUARDDUTY_ENABLED_CENTRALIZED",
			begin:      func(context.Context) string { return account },
			fix: func(ctx context.Context, _ string) {
				detector := part(rest(ctx, "guardduty", http.MethodPost, "/detector", `{"enable":true}`), `"detectorId": ?"(.*?)"`)
				DeferCleanup(func(ctx SpecContext) { rest(ctx, "guardduty", http.MethodDelete, "/detector/"+detector, "") })
			},
		}),
	)

	AfterEach(func(ctx SpecContext) {
		for _, name := range leftover {
			_, err := configservice.NewFromConfig(client).DeleteConfigRule(ctx, &configservice.DeleteConfigRuleInput{ConfigRuleName: &name})
			Expect(err).NotTo(HaveOccurred())
		}
		leftover = nil
	})

	It("should find nothing wrong with a root user who has no access key", func(ctx SpecContext) {
		rule := watched{configservice.NewFromConfig(client), "rule-" + rand.Text(), "IAM_ROOT_ACCESS_KEY_CHECK", ""}
		rule.put(ctx)
		leftover = append(leftover, rule.name)
		Eventually(ctx, rule.compliance(ctx, account)).WithTimeout(patience).Should(Equal(types.ComplianceTypeCompliant))
	})

	It("should miss the MFA device of the root user", func(ctx SpecContext) {
		for _, identifier := range []string{"ROOT_ACCOUNT_MFA_ENABLED", "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED"} {
			rule := watched{configservice.NewFromConfig(client), "rule-" + rand.Text(), identifier, ""}
			rule.put(ctx)
			leftover = append(leftover, rule.name)
			Eventually(ctx, rule.compliance(ctx, account)).WithTimeout(patience).Should(Equal(types.ComplianceTypeNonCompliant))
		}
	})
})

func sse(algorithm string) string {
	return `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>` + algorithm +
		`</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`
}

// bucketStory is of a bucket that has one setting out of line and then right. BUCKET stands for its name.
func bucketStory(identifier, parameters, wrong, setting, right string) story {
	put := func(ctx context.Context, id, body string) {
		rest(ctx, s3Service, http.MethodPut, "/"+id+"?"+setting, strings.ReplaceAll(body, "BUCKET", id))
	}
	return story{
		identifier: identifier, parameters: parameters,
		begin: func(ctx context.Context) string {
			name := "bucket-" + strings.ToLower(rand.Text())
			rest(ctx, s3Service, http.MethodPut, "/"+name, "")
			if wrong != "" {
				put(ctx, name, wrong)
			}
			return name
		},
		fix: func(ctx context.Context, id string) { put(ctx, id, right) },
		end: func(ctx context.Context, id string) { rest(ctx, s3Service, http.MethodDelete, "/"+id, "") },
	}
}

// openedToLogs lets S3 deliver logs to the bucket of a story, which stays: moto has put a log into it.
func openedToLogs(tale story) story {
	begin := tale.begin
	tale.end = nil
	tale.begin = func(ctx context.Context) string {
		name, header := begin(ctx), authorization(s3Service)
		header.Set("X-Amz-Acl", "log-delivery-write")
		status, answer := send(ctx, http.MethodPut, "/"+name+"?acl", header, http.NoBody)
		Expect(status).To(Equal(http.StatusOK), answer)
		return name
	}
	return tale
}

// databaseStory is of a DB instance that has one attribute out of line and then right.
func databaseStory(identifier, parameters, attribute, wrong, right string) story {
	name := "db-" + strings.ToLower(rand.Text())
	return story{
		identifier: identifier, parameters: parameters,
		begin: func(ctx context.Context) string {
			return part(query(ctx, "rds", "CreateDBInstance", "DBInstanceIdentifier", name, "Engine", "mysql", "DBInstanceClass", "db.t3.micro",
				"MasterUsername", "u", "MasterUserPassword", "passw0rd1", "AllocatedStorage", "20", attribute, wrong), "<DbiResourceId>(.*?)</DbiResourceId>")
		},
		fix: func(ctx context.Context, _ string) {
			query(ctx, "rds", "ModifyDBInstance", "DBInstanceIdentifier", name, attribute, right, "ApplyImmediately", "true")
		},
		end: func(ctx context.Context, _ string) {
			query(ctx, "rds", "ModifyDBInstance", "DBInstanceIdentifier", name, "DeletionProtection", "false")
			query(ctx, "rds", "DeleteDBInstance", "DBInstanceIdentifier", name, "SkipFinalSnapshot", "true")
		},
	}
}

// groupStory is of a security group that opens a port to the whole internet.
func groupStory(identifier, port string) story {
	opened := func(id string) []string {
		return []string{
			"GroupId", id, "IpPermissions.1.IpProtocol", "tcp", "IpPermissions.1.FromPort", port, "IpPermissions.1.ToPort", port,
			"IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0",
		}
	}
	return story{
		identifier: identifier,
		begin: func(ctx context.Context) string {
			id := part(query(ctx, "ec2", "CreateSecurityGroup", "GroupName", "group-"+rand.Text(), "GroupDescription", "x"), "<groupId>(.*?)</groupId>")
			query(ctx, "ec2", "AuthorizeSecurityGroupIngress", opened(id)...)
			return id
		},
		fix: func(ctx context.Context, id string) { query(ctx, "ec2", "RevokeSecurityGroupIngress", opened(id)...) },
		end: func(ctx context.Context, id string) { query(ctx, "ec2", "DeleteSecurityGroup", "GroupId", id) },
	}
}

// userStory is of a user with an access key that a rule does not want.
func userStory(identifier, parameters string) story {
	return story{
		identifier: identifier, parameters: parameters,
		begin: func(ctx context.Context) string {
			id := makeUser(ctx)
			query(ctx, "iam", "CreateAccessKey", "UserName", "user")
			return id
		},
		fix: func(ctx context.Context, _ string) {
			key := part(query(ctx, "iam", "ListAccessKeys", "UserName", "user"), "<AccessKeyId>(.*?)</AccessKeyId>")
			query(ctx, "iam", "DeleteAccessKey", "UserName", "user", "AccessKeyId", key)
		},
		end: func(ctx context.Context, _ string) { query(ctx, "iam", "DeleteUser", "UserName", "user") },
	}
}

// trailStory is of an account that gets a trail and loses it.
func trailStory(identifier, parameters string) story {
	return story{
		identifier: identifier, parameters: parameters,
		begin: func(context.Context) string { return account },
		fix: func(ctx context.Context, _ string) {
			tell(ctx, "cloudtrail", trailsTarget+"StartLogging", `{"Name":"`+makeTrail(ctx)+`"}`)
		},
		end: func(ctx context.Context, _ string) {
			tell(ctx, "cloudtrail", trailsTarget+"DeleteTrail", `{"Name":"trail"}`)
		},
		stays: types.ComplianceTypeNonCompliant,
	}
}

// makeTrail makes a trail for all regions, which does not record yet.
func makeTrail(ctx context.Context) string {
	GinkgoHelper()
	bucket := "trail-" + strings.ToLower(rand.Text())
	rest(ctx, s3Service, http.MethodPut, "/"+bucket, "")
	tell(ctx, "cloudtrail", trailsTarget+"CreateTrail", `{"Name":"trail","S3BucketName":"`+bucket+`","IsMultiRegionTrail":true}`)
	return "trail"
}

// makeOpenFunction makes a function that everybody may invoke by the statement "open".
func makeOpenFunction(ctx context.Context) string {
	GinkgoHelper()
	name := "function-" + rand.Text()
	query(ctx, "iam", "CreateRole", "RoleName", name, "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	rest(ctx, "lambda", http.MethodPost, "/2015-03-31/functions", `{"FunctionName":"`+name+`","Runtime":"provided.al2023","Handler":"bootstrap",`+
		`"Role":"arn:aws:iam::`+account+`:role/`+name+`","Code":{"ZipFile":"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}`)
	rest(ctx, "lambda", http.MethodPost, "/2015-03-31/functions/"+name+"/policy",
		`{"StatementId":"open","Action":"lambda:InvokeFunction","Principal":"*"}`)
	return name
}

func runInstance(ctx context.Context) string {
	GinkgoHelper()
	image := part(query(ctx, "ec2", "DescribeImages"), "<imageId>(.*?)</imageId>")
	return part(query(ctx, "ec2", "RunInstances", "ImageId", image, "InstanceType", "m1.large", "MinCount", "1", "MaxCount", "1"),
		"<instanceId>(.*?)</instanceId>")
}

func terminate(ctx context.Context, id string) {
	GinkgoHelper()
	query(ctx, "ec2", "TerminateInstances", "InstanceId.1", id)
}

func makeUser(ctx context.Context) string {
	GinkgoHelper()
	return part(query(ctx, "iam", "CreateUser", "UserName", "user"), "<UserId>(.*?)</UserId>")
}

func makeKey(ctx context.Context) string {
	GinkgoHelper()
	return part(tell(ctx, "kms", keysTarget+"CreateKey", `{}`), `"KeyId": ?"(.*?)"`)
}

func makeBalancer(ctx context.Context) string {
	GinkgoHelper()
	subnets := regexp.MustCompile("<subnetId>(.*?)</subnetId>").FindAllStringSubmatch(query(ctx, "ec2", "DescribeSubnets",
		"Filter.1.Name", "default-for-az", "Filter.1.Value.1", "true"), 2)
	Expect(subnets).To(HaveLen(2))
	return part(query(ctx, "elasticloadbalancing", "CreateLoadBalancer", "Name", "lb-"+rand.Text()[:20],
		"Subnets.member.1", subnets[0][1], "Subnets.member.2", subnets[1][1]), "<LoadBalancerArn>(.*?)</LoadBalancerArn>")
}

func deleteBalancer(ctx context.Context, id string) {
	GinkgoHelper()
	query(ctx, "elasticloadbalancing", "DeleteLoadBalancer", "LoadBalancerArn", id)
}

// accountBlock changes the account's block of public access.
func accountBlock(ctx context.Context, method, body string) {
	GinkgoHelper()
	header := authorization(s3Service)
	header.Set("X-Amz-Account-Id", account)
	status, answer := send(ctx, method, "/v20180820/configuration/publicAccessBlock", header, strings.NewReader(body))
	Expect(status).To(BeNumerically("<", 300), fmt.Sprint(answer))
}
