package catalogue_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/contract/catalogue"
	"github.com/compliance-monitor/compliance-monitor/contract/catalogue/source"
)

// sample is a small catalogue without a fault. Tests put faults into copies of it.
const sample = `
packs:
  - name: base
    description: The default.
  - name: extra
    description: More.
remediations:
  - name: fix-bucket
    description: Encrypts.
    risk: low
    reversible: true
    statements:
      - sid: FixBucket
        actions: [s3:PutEncryptionConfiguration]
        resources: ["arn:${Partition}:s3:::*"]
  - name: fix-trail
    description: Starts.
    risk: high
    reversible: false
    statements:
      - sid: FixTrail
        actions: [cloudtrail:StartLogging]
        resources: ["arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*"]
rules:
  - name: bucket-encrypted
    identifier: S3_BUCKET_ENCRYPTED
    trigger: change
    resourceTypes: [AWS::S3::Bucket]
    severity: high
    description: Buckets are encrypted.
    guidance: Encrypt it.
    frameworks:
      cis: [2.1.1]
      nist: [SC-28, SC-28(1)]
      pci: [3.5.1]
    parameters:
      kmsKeyArns: one
    packs: [base]
    remediation: fix-bucket
  - name: account-trail
    identifier: TRAIL_ENABLED
    trigger: periodic
    resourceTypes: [AWS::::Account]
    severity: critical
    description: There is a trail.
    guidance: Create one.
    frameworks: {}
    packs: [base, extra]
    remediation: fix-trail
  - name: group-closed
    identifier: GROUP_CLOSED
    trigger: both
    resourceTypes: [AWS::EC2::SecurityGroup]
    severity: low
    description: Groups are closed.
    guidance: Close it.
    frameworks: {}
    packs: [extra]
`

// parsed is the sample, parsed afresh.
func parsed() *catalogue.Catalogue {
	GinkgoHelper()
	c, err := source.Parse([]byte(sample))
	Expect(err).NotTo(HaveOccurred())
	return c
}

// altered is the sample with one part replaced by another.
func altered(part, by string) []byte {
	GinkgoHelper()
	Expect(sample).To(ContainSubstring(part))
	return []byte(strings.Replace(sample, part, by, 1))
}

// fault matches an error that is, or holds, a fault about subject and field with that value.
func fault(subject, field, value, expected string) OmegaMatcher {
	return MatchError(ContainSubstring(catalogue.Fault{
		Subject: subject, Field: field, Value: value, Expected: expected,
	}.Error()))
}
