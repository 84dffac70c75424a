package evaluate

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/policy"
)

// given makes parameters of pairs.
func given(pairs ...string) *parameters {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return &parameters{values: values}
}

// parse reads a policy with one statement, whose elements follow Effect.
func parse(effect, rest string) *policy.Document {
	document, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `",` + rest + `}]}`))
	if err != nil {
		panic(err)
	}
	return document
}

var _ = DescribeTable("A decision should be",
	func(expected, annotation string, outcome Outcome) {
		Expect(outcome.Compliance).To(Equal(expected))
		Expect(outcome.Annotation).To(ContainSubstring(annotation))
	},
	Entry("that a KMS key will do", Compliant, "", decideKMS(bucketEncryption{"aws:kms", "k"}, given())),
	Entry("that both layers of it will do", Compliant, "", decideKMS(bucketEncryption{"aws:kms:dsse", "k"}, given())),
	Entry("that S3's own key will not", NonCompliant, "KMS", decideKMS(bucketEncryption{"AES256", ""}, given())),
	Entry("that another key will not", NonCompliant, "kmsKeyArns", decideKMS(bucketEncryption{"aws:kms", "k"}, given("kmsKeyArns", "a, b"))),
	Entry("that a listed key will", Compliant, "", decideKMS(bucketEncryption{"aws:kms", "b"}, given("kmsKeyArns", "a, b"))),

	Entry("that a whole block will do", Compliant, "", decideAccountBlock(publicAccessBlock{true, true, true, true}, given())),
	Entry("that part of it will not", NonCompliant, "block", decideAccountBlock(publicAccessBlock{true, true, true, false}, given())),
	Entry("that part of it will where it is wanted", Compliant, "",
		decideAccountBlock(publicAccessBlock{true, true, true, false}, given("RestrictPublicBuckets", "False"))),

	Entry("that a database needs backups", NonCompliant, "not enabled", backedUp(dbInstance{}, given())),
	Entry("that backups are kept too short", NonCompliant, "1 days, fewer than 7", backedUp(dbInstance{Retention: 1}, given("backupRetentionMinimum", "7"))),
	Entry("that backups are kept long enough", Compliant, "", backedUp(dbInstance{Retention: 7}, given("backupRetentionMinimum", "7"))),
	Entry("that backups are kept for another time", NonCompliant, "not 5", backedUp(dbInstance{Retention: 7}, given("backupRetentionPeriod", "5"))),
	Entry("that backups are taken at another time", NonCompliant, "window",
		backedUp(dbInstance{Retention: 7, BackupWindow: "01:00-02:00"}, given("preferredBackupWindow", "03:00-04:00"))),
	Entry("that a replica is not looked at", NotApplicable, "", backedUp(dbInstance{ReplicaOf: "d"}, given("checkReadReplicas", "false"))),
	Entry("that a replica is looked at", NonCompliant, "", backedUp(dbInstance{ReplicaOf: "d"}, given())),
	Entry("that storage is not encrypted", NonCompliant, "", storageEncrypted(dbInstance{}, given())),
	Entry("that storage is encrypted", Compliant, "", storageEncrypted(dbInstance{Encrypted: true}, given())),
	Entry("that storage is encrypted with the key", Compliant, "", storageEncrypted(dbInstance{Encrypted: true, Key: "arn:aws:kms:r:1:key/k"}, given("kmsKeyId", "k"))),
	Entry("that storage is encrypted with another", NonCompliant, "", storageEncrypted(dbInstance{Encrypted: true, Key: "arn:aws:kms:r:1:key/k"}, given("kmsKeyId", "j"))),
	Entry("that a cluster's snapshot is encrypted", Compliant, "", snapshotEncrypted(dbSnapshot{ClusterName: "c", ClusterEncrypted: true}, nil)),
	Entry("that a snapshot is not", NonCompliant, "", snapshotEncrypted(dbSnapshot{Name: "s"}, nil)),

	Entry("that a volume nobody uses is not looked at", NotApplicable, "", volumeEncrypted(volume{}, given())),
	Entry("that a volume is not encrypted", NonCompliant, "", volumeEncrypted(volume{Attachments: []string{"i"}}, given())),
	Entry("that a volume is encrypted", Compliant, "", volumeEncrypted(volume{Attachments: []string{"i"}, Encrypted: true}, given())),
	Entry("that a volume has another key", NonCompliant, "", volumeEncrypted(volume{Attachments: []string{"i"}, Encrypted: true, Key: "a"}, given("kmsId", "b"))),

	Entry("that a secret is not rotated", NonCompliant, "", secretRotated(secret{}, given())),
	Entry("that a secret is rotated", Compliant, "", secretRotated(secret{Rotated: true}, given())),
	Entry("that a secret is rotated too rarely", NonCompliant, "every 5 days", secretRotated(rotated(7), given("maximumAllowedRotationFrequency", "5"))),
	Entry("that a secret is rotated often", Compliant, "", secretRotated(rotated(5), given("maximumAllowedRotationFrequency", "5"))),

	Entry("that no listener is a problem", Compliant, "", decideListeners(nil)),
	Entry("that HTTPS is none", Compliant, "", decideListeners([]listener{{Protocol: "HTTPS"}})),
	Entry("that HTTP is one", NonCompliant, "redirect", decideListeners([]listener{{Protocol: "HTTPS"}, {Protocol: "HTTP"}})),

	Entry("that all tags are there", Compliant, "", decideTags(map[string]string{"A": "1", "B": "2"}, given("tag1Key", "A", "tag6Key", "B", "tag6Value", "1,2"))),
	Entry("that tags are missing", NonCompliant, "A, B", decideTags(map[string]string{"B": "3"}, given("tag1Key", "A", "tag2Key", "B", "tag2Value", "1,2"))),
	Entry("that keys of tags mind the case", NonCompliant, "", decideTags(map[string]string{"a": ""}, given("tag1Key", "A"))),

	Entry("that a function is open", NonCompliant, "everybody", decideFunction(parse("Allow", `"Principal":"*","Action":"lambda:InvokeFunction","Resource":"f"`))),
	Entry("that a function is open to one account", Compliant, "", decideFunction(parse("Allow",
		`"Principal":"*","Action":"lambda:InvokeFunction","Resource":"f","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}`))),
	Entry("that S3 of any account invokes a function", NonCompliant, "S3", decideFunction(parse("Allow",
		`"Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"f"`))),
	Entry("that a service invokes a function", Compliant, "", decideFunction(parse("Allow",
		`"Principal":{"Service":"events.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"f"`))),

	Entry("that a policy is attached which is banned", NonCompliant, "AdministratorAccess",
		noneBlacklisted("users", "u", []string{"arn:aws:iam::aws:policy/AdministratorAccess"}, given())),
	Entry("that the exceptions name the role", Compliant, "",
		noneBlacklisted("roles", "r2", []string{"p"}, given("policyArns", "p", "exceptionList", "users:[u1;u2], roles:[r1;r2]"))),
	Entry("that the exceptions name a user of that name", NonCompliant, "",
		noneBlacklisted("roles", "u1", []string{"p"}, given("policyArns", "p", "exceptionList", "users:[u1;u2], roles:[r1;r2]"))),

	Entry("that a password policy is strict", Compliant, "", decidePasswordPolicy(passwordPolicy{true, true, true, true, 14, 24, 90}, given())),
	Entry("that a password policy falls short, and in what", NonCompliant, "RequireSymbols, MinimumPasswordLength, PasswordReusePrevention, MaxPasswordAge",
		decidePasswordPolicy(passwordPolicy{true, true, false, true, 8, 0, 0}, given())),
	Entry("that a password policy is as strict as asked", Compliant, "", decidePasswordPolicy(passwordPolicy{Length: 8, Age: 30}, given(
		"RequireUppercaseCharacters", "false", "RequireLowercaseCharacters", "false", "RequireSymbols", "false", "RequireNumbers", "false",
		"MinimumPasswordLength", "8", "PasswordReusePrevention", "0", "MaxPasswordAge", "30"))),

	Entry("that a boundary is left out", NotApplicable, "", noAdminAccess(managedPolicy{Boundaries: 1}, given("excludePermissionBoundaryPolicy", "true"))),
	Entry("that only the default version counts", Compliant, "", noAdminAccess(managedPolicy{Versions: []policyVersion{{Document: all}}}, given())),
	Entry("that the default version allows everything", NonCompliant, "", noAdminAccess(managedPolicy{Versions: []policyVersion{{Document: all, Default: true}}}, given())),
)

const all = `%7B%22Version%22:%222012-10-17%22,%22Statement%22:%5B%7B%22Effect%22:%22Allow%22,%22Action%22:%22*%22,%22Resource%22:%22*%22%7D%5D%7D`

func rotated(days int) secret {
	s := secret{Rotated: true}
	s.Rotation.Days = days
	return s
}

var _ = DescribeTable("A bucket's policy should deny to come without TLS",
	func(expected bool, document *policy.Document) { Expect(tlsOnly(document, "b")).To(Equal(expected)) },
	Entry("not where there is none", false, nil),
	Entry("where everybody is denied everything", true, parse("Deny",
		`"Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)),
	Entry("not where only objects are", false, parse("Deny",
		`"Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`)),
	Entry("not where only reading is", false, parse("Deny",
		`"Principal":"*","Action":"s3:Get*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)),
	Entry("not where only one is denied", false, parse("Deny",
		`"Principal":{"AWS":"999999999999"},"Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)),
	Entry("not where those with TLS are denied", false, parse("Deny",
		`"Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"true"}}`)),
	Entry("not where another bucket is meant", false, parse("Deny",
		`"Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::c","arn:aws:s3:::c/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}`)),
)

var _ = DescribeTable("The public should be let in",
	func(expected bool, document *policy.Document) {
		Expect(allowsPublic(document, publicReads)).To(Equal(expected))
	},
	Entry("not without a policy", false, nil),
	Entry("by what allows everybody to read", true, parse("Allow", `"Principal":{"AWS":"*"},"Action":["s3:Get*"],"Resource":"arn:aws:s3:::b/*"`)),
	Entry("by what allows everybody all but something else", true, parse("Allow", `"Principal":"*","NotAction":"s3:PutObject","Resource":"arn:aws:s3:::b/*"`)),
	Entry("not by what allows everybody to write", false, parse("Allow", `"Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"`)),
	Entry("not by what allows a network", false, parse("Allow",
		`"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)),
	Entry("not by a denial", false, parse("Deny", `"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`)),
)

var _ = DescribeTable("Uploads should have to be encrypted",
	func(expected bool, document *policy.Document) {
		Expect(refusesUnencrypted(document)).To(Equal(expected))
	},
	Entry("not without a policy", false, nil),
	Entry("by what denies others", true, parse("Deny",
		`"Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`)),
	Entry("not by what denies reading", false, parse("Deny",
		`"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`)),
)

var _ = DescribeTable("A security group should be",
	func(expected string, p permission, ports ...int) {
		Expect(portsClosed(securityGroup{Ingress: []permission{p}}, ports).Compliance).To(Equal(expected))
	},
	Entry("open by a range around the port", NonCompliant, permission{"tcp", 20, 30, []string{"10.0.0.0/8", "0.0.0.0/0"}, nil}, 22),
	Entry("open to IPv6", NonCompliant, permission{"tcp", 22, 22, nil, []string{"::/0"}}, 22),
	Entry("open by all protocols", NonCompliant, permission{"-1", 0, 0, []string{"0.0.0.0/0"}, nil}, 3389),
	Entry("closed to some", Compliant, permission{"tcp", 22, 22, []string{"10.0.0.0/8"}, nil}, 22),
	Entry("closed at other ports", Compliant, permission{"tcp", 443, 443, []string{"0.0.0.0/0"}, nil}, 22, 3389),
	Entry("closed to UDP", Compliant, permission{"udp", 22, 22, []string{"0.0.0.0/0"}, nil}, 22),
)

var _ = DescribeTable("The ports that are blocked should be",
	func(expected []int, pairs ...string) { Expect(blockedPorts(given(pairs...))).To(Equal(expected)) },
	Entry("those of AWS", []int{20, 21, 3389, 3306, 4333}),
	Entry("those that are given", []int{20, 21, 3389, 3306, 5432}, "blockedPort5", "5432"),
	Entry("a list with ranges", []int{22, 80, 81, 82}, "blockedPorts", "22, 80-82"),
)

var _ = Describe("A network ACL", func() {
	at := func(port int) *int { return &port }
	open := entry{Number: 100, Protocol: "6", Action: "allow", Range: "0.0.0.0/0", From: at(0), To: at(1024)}

	DescribeTable("should be",
		func(expected string, entries ...entry) {
			Expect(aclClosed(networkACL{Entries: entries}, 22, 3389).Compliance).To(Equal(expected))
		},
		Entry("closed without entries", Compliant),
		Entry("open by an entry", NonCompliant, open),
		Entry("closed by an entry that comes first", Compliant, open, entry{Number: 50, Protocol: "6", Action: "deny", Range: "0.0.0.0/0", From: at(22), To: at(22)}),
		Entry("open in spite of an entry that comes later", NonCompliant, open, entry{Number: 150, Protocol: "-1", Action: "deny", Range: "0.0.0.0/0"}),
		Entry("open by all protocols, to IPv6", NonCompliant, entry{Number: 1, Protocol: "-1", Action: "allow", Range6: "::/0"}),
		Entry("closed to what goes out", Compliant, entry{Number: 1, Protocol: "-1", Action: "allow", Range: "0.0.0.0/0", Egress: true}),
		Entry("closed to a network", Compliant, entry{Number: 1, Protocol: "-1", Action: "allow", Range: "10.0.0.0/8"}),
		Entry("closed to UDP", Compliant, entry{Number: 1, Protocol: "17", Action: "allow", Range: "0.0.0.0/0"}),
	)
})

var _ = Describe("An instance that is stopped", func() {
	account := &Account{now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}

	DescribeTable("should be",
		func(expected string, i instance) {
			outcome, err := notStoppedForLong(context.Background(), account, i, given("AllowedDays", "30"))
			Expect(err).NotTo(HaveOccurred())
			Expect(outcome.Compliance).To(Equal(expected))
		},
		Entry("no problem while it runs", Compliant, instance{State: "running"}),
		Entry("no problem soon after", Compliant, instance{State: "stopped", Reason: "User initiated (2026-02-20 10:00:00 UTC)"}),
		Entry("found after a while", NonCompliant, instance{State: "stopped", Reason: "User initiated (2026-01-20 10:00:00 UTC)"}),
		Entry("left alone where it does not say since when", NotApplicable, instance{State: "stopped"}),
	)
})

var _ = DescribeTable("Names should fit a registry's filter",
	func(expected bool, pattern, name string) { Expect(wildcard(pattern, name)).To(Equal(expected)) },
	Entry("with a star", true, "prod*", "prod/web"),
	Entry("with the star alone", true, "*", "x"),
	Entry("not in part", false, "prod", "prod/web"),
	Entry("not with a dot for anything", false, "a.c", "abc"),
)

var _ = Describe("Parameters", func() {
	It("should take what is missing from AWS's defaults", func() {
		none := given()
		Expect(none.number("n", 7)).To(Equal(7))
		Expect(none.flag("f", true)).To(BeTrue())
		Expect(none.list("l")).To(BeEmpty())
		Expect(none.faults).To(BeEmpty())
	})

	It("should name each that can't be read", func() {
		bad := given("n", "many", "f", "maybe", "blockedPorts", "a-b")
		bad.number("n", 1)
		bad.flag("f", true)
		blockedPorts(bad)
		Expect(bad.faults).To(HaveLen(4))
	})

	It("should be cut to what an annotation may have", func() {
		Expect([]rune(shorten(strings.Repeat("é", 300)))).To(HaveLen(256))
		Expect(shorten("short")).To(Equal("short"))
	})
})
