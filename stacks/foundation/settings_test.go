package foundation

import (
	"errors"
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/outputs"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// faults are the keys of the settings that an error blames, without the project's name, in its order.
func faults(err error) []string {
	if err == nil {
		return nil
	}
	var keys []string
	joined, isJoined := err.(interface{ Unwrap() []error })
	Expect(isJoined).To(BeTrue())
	for _, one := range joined.Unwrap() {
		var fault *settings.Fault
		Expect(errors.As(one, &fault)).To(BeTrue(), one.Error())
		keys = append(keys, strings.TrimPrefix(fault.Key, project+":"))
	}
	return keys
}

var _ = Describe("Settings", func() {
	It("should need nothing but the environment", func() {
		s, err := ParseSettings(map[string]string{"environment": "prod"})
		Expect(err).NotTo(HaveOccurred())
		Expect(s).To(Equal(Settings{
			Project: "compliance-monitor", Environment: "prod", Region: "us-east-1", Tags: map[string]string{},
			RetentionDays: 30, KeyDeletionDays: 30,
		}))
	})

	It("should read each value", func() {
		s, err := ParseSettings(map[string]string{
			"project": "watch", "environment": "dev2", "region": "us-east-1", "accountId": "012345678901", "local": "true",
			"tags": `{"CostCentre":"4711"}`, "violationsEmails": `["a@example.com"]`, "operationsEmails": `["b@example.com"]`,
			"retentionDays": "1", "emptyBucketOnDestroy": "true", "keyDeletionDays": "7",
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(s).To(Equal(Settings{
			Project: "watch", Environment: "dev2", Region: "us-east-1", AccountID: "012345678901", Local: true,
			Tags: map[string]string{"CostCentre": "4711"}, ViolationsEmails: []string{"a@example.com"},
			OperationsEmails: []string{"b@example.com"}, RetentionDays: 1, EmptyBucket: true, KeyDeletionDays: 7,
		}))
	})

	DescribeTable("should be refused where they are out of line",
		func(key, value string, blamed ...string) {
			if len(blamed) == 0 {
				blamed = []string{key}
			}
			_, err := ParseSettings(map[string]string{"environment": "prod", key: value})
			Expect(faults(err)).To(Equal(blamed))
		},
		Entry("a project with capitals", "project", "Monitor"),
		Entry("a project with a digit first", "project", "1monitor"),
		Entry("a project of 25 letters", "project", strings.Repeat("m", 25)),
		Entry("no environment", "environment", ""),
		Entry("an environment with a hyphen", "environment", "pre-prod"),
		Entry("an environment of 13 letters", "environment", strings.Repeat("e", 13)),
		Entry("another region", "region", "eu-west-1"),
		Entry("an account id of 11 digits", "accountId", "11112222333"),
		Entry("an account id with hyphens", "accountId", "1111-2222-3333"),
		Entry("an account id that YAML took for a number", "accountId", "1.11122223333e+11"),
		Entry("neither local nor not", "local", "yes"),
		Entry("tags that are no map", "tags", `["a"]`),
		Entry("tags that are no texts", "tags", `{"CostCentre":4711}`),
		Entry("a tag of the monitor", "tags", `{"Purpose":"mine"}`, "tags.Purpose"),
		Entry("several tags of the monitor", "tags", `{"Project":"a","ManagedBy":"b","Environment":"c"}`,
			"tags.Environment", "tags.ManagedBy", "tags.Project"),
		Entry("a tag of the monitor in another case, which IAM takes for the same", "tags", `{"project":"a"}`, "tags.project"),
		Entry("a tag of AWS", "tags", `{"aws:team":"a"}`, "tags.aws:team"),
		Entry("a tag without a key", "tags", `{"":"a"}`, "tags."),
		Entry("a tag that AWS refuses", "tags", `{"Team":"a & b"}`, "tags.Team"),
		Entry("a seventh tag", "tags", `{"a":"","b":"","c":"","d":"","e":"","f":"","g":""}`),
		Entry("a bad address", "violationsEmails", `["security"]`, "violationsEmails[0]"),
		Entry("an address twice", "operationsEmails", `["a@example.com","a@example.com"]`, "operationsEmails[1]"),
		Entry("addresses that are no list", "operationsEmails", "a@example.com"),
		Entry("no day of retention", "retentionDays", "0"),
		Entry("more than ten years of retention", "retentionDays", "3651"),
		Entry("neither emptied nor not", "emptyBucketOnDestroy", "1"),
		Entry("a key that goes too soon for AWS", "keyDeletionDays", "6"),
		Entry("a key that goes too late for AWS", "keyDeletionDays", "31"),
		Entry("a setting that there is not", "retention", "30"),
	)

	It("should be refused with all their faults at once", func() {
		_, err := ParseSettings(map[string]string{
			"environment": "Prod", "region": "eu-west-1", "accountId": "42", "violationsEmails": `["nobody"]`,
			"retentionDays": "-1", "keyDeletionDays": "soon", "colour": "red",
		})
		Expect(faults(err)).To(Equal([]string{
			"environment", "region", "accountId", "violationsEmails[0]", "retentionDays", "keyDeletionDays", "colour",
		}))
	})

	It("should be listed", func() {
		Expect(Keys()).To(ConsistOf("project", "environment", "region", "accountId", "local", "tags", "violationsEmails",
			"operationsEmails", "retentionDays", "emptyBucketOnDestroy", "keyDeletionDays"))
	})

	It("should leave room for every name that AWS limits", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			project := rapid.StringMatching(`[a-z][a-z0-9-]{0,23}`).Draw(t, "project")
			environment := rapid.StringMatching(`[a-z][a-z0-9]{0,11}`).Draw(t, "environment")
			s, err := ParseSettings(map[string]string{"project": project, "environment": environment})
			g := NewWithT(t)
			g.Expect(err).NotTo(HaveOccurred())
			prefix := names.Prefix(s.Project, s.Environment)
			g.Expect(len(names.Bucket(prefix, "111122223333"))).To(BeNumerically("<=", 63))
			for _, function := range names.Functions() {
				g.Expect(len(names.Resource(prefix, function))).To(BeNumerically("<=", 64))
			}
		})
	})
})

var _ = Describe("The layer's own files", func() {
	// read reads the settings in the committed file of a stack.
	read := func(stack string) map[string]string {
		GinkgoHelper()
		values, err := pulumitest.Settings("Pulumi."+stack+".yaml", project)
		Expect(err).NotTo(HaveOccurred())
		return values
	}

	It("should hold settings for a local AWS, which may be thrown away", func() {
		s, err := ParseSettings(read("local"))
		Expect(err).NotTo(HaveOccurred())
		Expect(s.Local).To(BeTrue())
		Expect(s.EmptyBucket).To(BeTrue())
		Expect(s.KeyDeletionDays).To(Equal(7))
	})

	It("should hold settings for an account that are refused until it and the mailboxes are filled in", func() {
		_, err := ParseSettings(read("prod"))
		Expect(faults(err)).To(Equal([]string{"accountId", "violationsEmails[0]", "operationsEmails[0]"}))
	})

	It("should hold settings that are safe for an account once they are", func() {
		values := read("prod")
		values["accountId"] = "111122223333"
		values["violationsEmails"], values["operationsEmails"] = `["a@example.com"]`, `["b@example.com"]`
		s, err := ParseSettings(values)
		Expect(err).NotTo(HaveOccurred())
		Expect(s).To(Equal(Settings{
			Project: "compliance-monitor", Environment: "prod", Region: "us-east-1", AccountID: "111122223333",
			Tags: map[string]string{}, ViolationsEmails: []string{"a@example.com"}, OperationsEmails: []string{"b@example.com"},
			RetentionDays: 30, KeyDeletionDays: 30,
		}))
	})

	It("should show every setting there is, and no other, to those who have an account", func() {
		Expect(pulumitest.Shown("Pulumi.prod.yaml", project)).To(ConsistOf(Keys()))
	})

	It("should name the project as the outputs know it", func() {
		text, err := os.ReadFile("Pulumi.yaml")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(HavePrefix("name: " + outputs.Project(outputs.LayerFoundation) + "\n"))
	})
})
