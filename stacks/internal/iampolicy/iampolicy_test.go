package iampolicy_test

import (
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/iampolicy"
)

var _ = Describe("A policy document", func() {
	It("should be written as AWS takes it", func() {
		document := iampolicy.New(iampolicy.Statement{
			Sid: "Read", Effect: iampolicy.Allow, Principal: iampolicy.Service("a.amazonaws.com", "b.amazonaws.com"),
			Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::b/*"},
			Condition: iampolicy.Condition{"StringEquals": {"aws:SourceAccount": {"111122223333"}}},
		})
		Expect(document.JSON()).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [{
				"Sid": "Read",
				"Effect": "Allow",
				"Principal": {"Service": ["a.amazonaws.com", "b.amazonaws.com"]},
				"Action": ["s3:GetObject"],
				"Resource": ["arn:aws:s3:::b/*"],
				"Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}}
			}]
		}`))
	})

	It("should leave out what an identity policy must not have, and a trust policy need not", func() {
		document := iampolicy.New(iampolicy.Statement{Sid: "S", Effect: iampolicy.Deny, Action: []string{"s3:*"}})
		Expect(document.JSON()).To(MatchJSON(
			`{"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Deny", "Action": ["s3:*"]}]}`))
	})

	It("should read back as it was, whatever it holds", func() {
		texts := rapid.SliceOfN(rapid.String(), 1, 3)
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			document := iampolicy.New(iampolicy.Statement{
				Sid: rapid.String().Draw(t, "sid"), Effect: iampolicy.Allow, Principal: iampolicy.Anyone(),
				Action: texts.Draw(t, "action"), Resource: texts.Draw(t, "resource"),
				Condition: iampolicy.Condition{
					rapid.String().Draw(t, "operator"): {rapid.String().Draw(t, "key"): texts.Draw(t, "values")},
				},
			})
			var read iampolicy.Document
			g := NewWithT(t)
			g.Expect(json.Unmarshal([]byte(document.JSON()), &read)).To(Succeed())
			g.Expect(read).To(Equal(document))
		})
	})
})

var _ = Describe("A principal", func() {
	DescribeTable("should be written as AWS takes it",
		func(principal *iampolicy.Principal, expected string) {
			text, err := json.Marshal(principal)
			Expect(err).NotTo(HaveOccurred())
			Expect(text).To(MatchJSON(expected))
		},
		Entry("a service", iampolicy.Service("sns.amazonaws.com"), `{"Service": ["sns.amazonaws.com"]}`),
		Entry("an account", iampolicy.Account("111122223333"), `{"AWS": ["arn:aws:iam::111122223333:root"]}`),
		Entry("anyone", iampolicy.Anyone(), `{"AWS": ["*"]}`),
	)
})

var _ = Describe("A trust policy", func() {
	It("should admit the service on behalf of the account only", func() {
		Expect(iampolicy.Trust("config.amazonaws.com", "111122223333").JSON()).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [{
				"Sid": "AssumeRole", "Effect": "Allow", "Action": ["sts:AssumeRole"],
				"Principal": {"Service": ["config.amazonaws.com"]},
				"Condition": {"StringEquals": {"aws:SourceAccount": ["111122223333"]}}
			}]
		}`))
	})

	It("should ask for no account of a service that sends none", func() {
		Expect(iampolicy.Trust("lambda.amazonaws.com", "").JSON()).To(MatchJSON(`{
			"Version": "2012-10-17",
			"Statement": [{
				"Sid": "AssumeRole", "Effect": "Allow", "Action": ["sts:AssumeRole"],
				"Principal": {"Service": ["lambda.amazonaws.com"]}
			}]
		}`))
	})
})

var _ = Describe("A statement against plain HTTP", func() {
	It("should refuse everyone the action on each of the resources", func() {
		Expect(iampolicy.DenyPlainHTTP("s3:*", "arn:b", "arn:b/*")).To(Equal(iampolicy.Statement{
			Sid: "DenyPlainHTTP", Effect: "Deny", Principal: &iampolicy.Principal{AWS: []string{"*"}},
			Action: []string{"s3:*"}, Resource: []string{"arn:b", "arn:b/*"},
			Condition: iampolicy.Condition{"Bool": {"aws:SecureTransport": {"false"}}},
		}))
	})
})
