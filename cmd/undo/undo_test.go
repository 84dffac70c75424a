package undo_test

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/cmd/undo"
	contract "github.com/compliance-monitor/compliance-monitor/contract/undo"
)

const (
	id  = "0123456789abcdef0123456789abcdef"
	key = "remediations/2026/11/23/" + id + ".json"
)

// record is a record as the remediator writes it.
func record(id, outcome string) string {
	return fmt.Sprintf(`{"schemaVersion":1,"id":%q,"rule":"s3-encryption","resourceType":"AWS::S3::Bucket","resourceId":"data",
		"outcome":%q,"changes":[{"property":"SSEAlgorithm","before":"AES256","after":"aws:kms"}],"before":{},"updatedAt":"2026-11-23T12:00:00Z"}`,
		id, outcome)
}

var fix = undo.Fix{
	Key: key, ID: id, Rule: "s3-encryption", ResourceType: "AWS::S3::Bucket", ResourceID: "data", Outcome: "verified",
	Changes: []contract.Change{{Property: "SSEAlgorithm", Before: "AES256", After: "aws:kms"}},
	Updated: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
}

var _ = Describe("The record of a fix", func() {
	var aws *amazon

	BeforeEach(func() {
		aws = &amazon{page: 2, objects: map[string]string{
			key: record(id, "verified"), "config/exemptions.json": "{}",
			"remediations/2026/11/24/0123aaaaaaaaaaaaaaaaaaaaaaaaaaaa.json": record("0123aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "planned"),
			"remediations/2026/10/01/ffffaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json": record("ffffaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "verified"),
		}}
	})

	DescribeTable("should be found",
		func(ctx SpecContext, name string) { Expect(aws.operator().Find(ctx, name)).To(Equal(fix)) },
		Entry("by its id", id), Entry("by the beginning of its id", "01234"),
		Entry("by its key", key), Entry("by its URL", "s3://reports/"+key),
	)

	It("should say what undoing it changes", func() {
		Expect(fix.Back()).To(Equal([]contract.Change{{Property: "SSEAlgorithm", Before: "aws:kms", After: "AES256"}}))
	})

	DescribeTable("should not be found, and an error say what to do",
		func(ctx SpecContext, name, why string) {
			_, err := aws.operator().Find(ctx, name)
			Expect(err).To(MatchError(ContainSubstring(why)))
		},
		Entry("by an id that there is not", "abcd", "there is no record whose id is or begins with abcd in s3://reports/remediations/"),
		Entry("by the beginning of two ids", "0123",
			"2 records have an id that begins with 0123: give more of it (0123456789abcdef0123456789abcdef, 0123aaaa"),
		Entry("by a key that there is not", "remediations/2026/11/23/x.json", "there is no record s3://reports/remediations/2026/11/23/x.json"),
		Entry("by nothing", "", `"" is not the id of a record`),
		Entry("by another bucket's URL", "s3://other/"+key, `"s3://other/`+key+`" is not the id of a record`),
	)

	DescribeTable("should say which permission is missing, or what is damaged",
		func(ctx SpecContext, refused, why string) {
			aws.refuse = refused
			_, err := aws.operator().Find(ctx, id)
			Expect(err).To(MatchError(ContainSubstring(why)))
			_, err = aws.operator().List(ctx, 10)
			Expect(err).To(MatchError(ContainSubstring(why)))
		},
		Entry("to list", "LIST", "the credentials need s3:ListBucket on the bucket"),
		Entry("to read", "GET", "the credentials need s3:GetObject on it, and kms:Decrypt"),
		Entry("because the bucket is gone", "BUCKET", "the foundation layer has been destroyed"),
		Entry("because the answer is cut off", "BODY", "unexpected EOF"),
	)

	It("should be named when it is damaged", func(ctx SpecContext) {
		aws.objects[key] = "{"
		_, err := aws.operator().Find(ctx, id)
		Expect(err).To(MatchError(And(ContainSubstring(key), ContainSubstring("it is damaged"))))
	})

	It("should be listed with all others whose fix can be undone, the newest first", func(ctx SpecContext) {
		fixes, err := aws.operator().List(ctx, 10)
		Expect(err).NotTo(HaveOccurred())
		Expect(fixes).To(HaveExactElements(fix, HaveField("ID", "ffffaaaaaaaaaaaaaaaaaaaaaaaaaaaa")))
		Expect(aws.operator().List(ctx, 1)).To(HaveExactElements(fix))
	})
})

var _ = Describe("Asking the remediator to undo a fix", func() {
	var aws *amazon

	BeforeEach(func() { aws = &amazon{} })

	It("should hand it the record and who asks, and hand back its answer", func(ctx SpecContext) {
		aws.function = func([]byte) (string, bool) { return `{"outcome":"undone","rule":"s3-encryption"}`, false }
		for _, dry := range []bool{false, true} {
			Expect(aws.operator().Undo(ctx, fix, dry)).To(Equal(contract.Answer{Outcome: contract.Undone, Rule: "s3-encryption"}))
			Expect(aws.asked[len(aws.asked)-1]).To(MatchJSON(contract.Request{Key: key, By: "ann", DryRun: dry}.Event()))
		}
	})

	DescribeTable("should fail, and say what to do",
		func(ctx SpecContext, why string, prepare func()) {
			prepare()
			_, err := aws.operator().Undo(ctx, fix, false)
			Expect(err).To(MatchError(ContainSubstring(why)))
		},
		Entry("when there is no function",
			"there is no function monitor-test-remediator: deploy it with 'go tool task deploy-functions STACK=prod'", func() {}),
		Entry("when it may not be invoked", "the credentials need lambda:InvokeFunction on it", func() { aws.refuse = "INVOKE" }),
		Entry("when it is older than the command", "does not know how to undo: it is of an older version; deploy it with", func() {
			aws.function = func([]byte) (string, bool) { return "null", false }
		}),
		Entry("when its answer can't be read", `reading what the function monitor-test-remediator answered ("{")`, func() {
			aws.function = func([]byte) (string, bool) { return "{", false }
		}),
		Entry("when it fails", "failed: undoing the fix: AWS is not well\nRun the same command again", func() {
			aws.function = func([]byte) (string, bool) {
				return `{"errorMessage":"undoing the fix: AWS is not well","errorType":"x"}`, true
			}
		}),
		Entry("when it dies", "failed: Runtime exited\nRun the same command again", func() {
			aws.function = func([]byte) (string, bool) { return "Runtime exited", true }
		}),
	)
})
