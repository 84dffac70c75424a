package deploy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

const time30 = 30 * time.Second

// creating is an operation whose end Pulumi has not seen.
func creating(token, name string, inputs map[string]any) apitype.OperationV2 {
	return apitype.OperationV2{Type: apitype.OperationTypeCreating, Resource: apitype.ResourceV3{
		URN:    resource.URN("urn:pulumi:local::compliance-monitor-foundation::" + token + "::" + name),
		Type:   tokens.Type(token),
		Custom: true, Inputs: inputs,
	}}
}

// interruptedDeployment is a deployment that was killed while it made the bucket.
func interruptedDeployment() apitype.DeploymentV3 {
	return apitype.DeploymentV3{
		Resources:         []apitype.ResourceV3{{URN: stackURN, Type: stackType, Outputs: map[string]any{"region": "us-east-1"}}},
		PendingOperations: []apitype.OperationV2{creating(bucketType, "reports", map[string]any{"bucket": "reports-1"})},
	}
}

var _ = Describe("Operations that a killed run left open", func() {
	byName := func(res apitype.ResourceV3) (string, error) { return importID(string(res.Type), res.Inputs), nil }

	It("should put what was being created among the resources, under its id in AWS", func() {
		deployment := interruptedDeployment()
		Expect(takeOver(&deployment, byName)).To(Equal([]string{bucketURN}))
		Expect(deployment.PendingOperations).To(BeEmpty())
		Expect(deployment.Resources).To(HaveLen(2))
		Expect(deployment.Resources[1]).To(And(HaveField("URN", BeEquivalentTo(bucketURN)), HaveField("ID", BeEquivalentTo("reports-1"))))
	})

	It("should forget what can be created again without harm", func() {
		deployment := apitype.DeploymentV3{PendingOperations: []apitype.OperationV2{
			creating("aws:cfg/rule:Rule", "s3-encryption", map[string]any{"name": "x"}),
		}}
		Expect(takeOver(&deployment, byName)).To(BeEmpty())
		Expect(deployment).To(Equal(apitype.DeploymentV3{}))
	})

	It("should keep a resource while its replacement was being created", func() {
		deployment := interruptedDeployment()
		old := apitype.ResourceV3{URN: bucketURN, Type: bucketType, ID: "reports-0"}
		deployment.Resources = append(deployment.Resources, old)
		Expect(takeOver(&deployment, byName)).To(BeEmpty())
		Expect(deployment.Resources).To(ContainElement(old))
		Expect(deployment.Resources).To(HaveLen(2))
	})

	It("should put a replacement into the place of a resource that was deleted before", func() {
		deployment := interruptedDeployment()
		gone := apitype.ResourceV3{URN: bucketURN, Type: bucketType, ID: "reports-0", PendingReplacement: true}
		last := apitype.ResourceV3{URN: bucketURN + "-dependent"}
		deployment.Resources = append(deployment.Resources, gone, last)
		Expect(takeOver(&deployment, byName)).To(Equal([]string{bucketURN}))
		Expect(deployment.Resources).To(HaveExactElements(
			HaveField("URN", BeEquivalentTo(stackURN)), HaveField("ID", BeEquivalentTo("reports-1")), Equal(last)))
	})

	DescribeTable("should look at a resource that was being",
		func(doing apitype.OperationType) {
			deployment := apitype.DeploymentV3{
				Resources:         []apitype.ResourceV3{{URN: bucketURN, Type: bucketType, ID: "reports-1"}},
				PendingOperations: []apitype.OperationV2{{Type: doing, Resource: apitype.ResourceV3{URN: bucketURN}}},
			}
			Expect(takeOver(&deployment, byName)).To(Equal([]string{bucketURN}))
			Expect(deployment.Resources).To(HaveLen(1))
		},
		Entry("updated", apitype.OperationTypeUpdating),
		Entry("deleted", apitype.OperationTypeDeleting),
	)

	It("should not look at what was being deleted and is not known any more", func() {
		deployment := apitype.DeploymentV3{PendingOperations: []apitype.OperationV2{
			{Type: apitype.OperationTypeDeleting, Resource: apitype.ResourceV3{URN: bucketURN}},
		}}
		Expect(takeOver(&deployment, byName)).To(BeEmpty())
	})

	It("should stay open when AWS can't be asked", func() {
		deployment := interruptedDeployment()
		_, err := takeOver(&deployment, func(apitype.ResourceV3) (string, error) { return "", errors.New("no network") })
		Expect(err).To(MatchError("no network"))
		Expect(deployment).To(Equal(interruptedDeployment()))
	})

	DescribeTable("should find a resource under the id by which it is imported",
		func(token string, inputs map[string]any, id string) { Expect(importID(token, inputs)).To(Equal(id)) },
		Entry("a bucket", bucketType, map[string]any{"bucket": "reports"}, "reports"),
		Entry("a role", "aws:iam/role:Role", map[string]any{"name": "r"}, "r"),
		Entry("a permission", "aws:lambda/permission:Permission", map[string]any{"function": "f", "statementId": "s"}, "f/s"),
		Entry("a permission without a name of its own", "aws:lambda/permission:Permission", map[string]any{"function": "f"}, ""),
		Entry("what is put and not created", "aws:sns/topicPolicy:TopicPolicy", map[string]any{"arn": "a"}, ""),
	)

	DescribeTable("should be told apart from none by the file of a file backend",
		func(content string, may bool) {
			backend := GinkgoT().TempDir()
			target := Target{Stack: "prod", Env: map[string]string{envBackend: "file://" + backend}}
			folder := filepath.Join(backend, ".pulumi", "stacks", "p")
			Expect(os.MkdirAll(folder, 0o755)).To(Succeed())
			if content != "" {
				Expect(os.WriteFile(filepath.Join(folder, "prod.json"), []byte(content), 0o600)).To(Succeed())
			}
			Expect(target.mayBePending(stacks.Layer{Project: "p"})).To(Equal(may))
		},
		Entry("that has some", `{"latest":{"pending_operations":[{}]}}`, true),
		Entry("that has none", `{"latest":{"resources":[]}}`, false),
		Entry("that is compressed, or not there", "", true),
	)
})

// fakeKeys are the descriptions and states of keys, by id.
type fakeKeys map[string]types.KeyMetadata

func (f fakeKeys) ListKeys(context.Context, *kms.ListKeysInput, ...func(*kms.Options)) (*kms.ListKeysOutput, error) {
	var out kms.ListKeysOutput
	for id := range f {
		out.Keys = append(out.Keys, types.KeyListEntry{KeyId: aws.String(id)})
	}
	return &out, nil
}

func (f fakeKeys) DescribeKey(
	_ context.Context, in *kms.DescribeKeyInput, _ ...func(*kms.Options),
) (*kms.DescribeKeyOutput, error) {
	found := f[aws.ToString(in.KeyId)]
	if found.KeyState == "" {
		return nil, errors.New("AccessDenied")
	}
	return &kms.DescribeKeyOutput{KeyMetadata: &found}, nil
}

var _ = Describe("A key that was being created", func() {
	const ours = "Encrypts everything of compliance-monitor-prod"
	key := func(description string, state types.KeyState) types.KeyMetadata {
		return types.KeyMetadata{Description: aws.String(description), KeyState: state}
	}
	pending := creating(keyType, "key", map[string]any{"description": ours}).Resource

	find := func(keys fakeKeys, known ...apitype.ResourceV3) (string, error) {
		r := &Runner{keys: func(context.Context) (Keys, error) { return keys, nil }}
		return r.identify(context.Background(), pending, known)
	}

	It("should be found by its description", func() {
		Expect(find(fakeKeys{"k1": key("another", types.KeyStateEnabled), "k2": key(ours, types.KeyStateEnabled)})).To(Equal("k2"))
	})

	It("should not be one that is about to be deleted", func() {
		Expect(find(fakeKeys{"k1": key(ours, types.KeyStatePendingDeletion)})).To(BeEmpty())
	})

	It("should not be one that the state has already", func() {
		Expect(find(fakeKeys{"k1": key(ours, types.KeyStateEnabled)}, apitype.ResourceV3{ID: "k1"})).To(BeEmpty())
	})

	It("should not be missed because a key can't be looked at", func() {
		_, err := find(fakeKeys{"k1": {}})
		Expect(err).To(MatchError("describing key k1: AccessDenied"))
	})

	It("should be looked for with the target's credentials", func() {
		client, err := Target{Env: LocalEnv("http://127.0.0.1:1", "/state")}.keyClient(context.Background())
		Expect(err).NotTo(HaveOccurred())
		options := client.(*kms.Client).Options()
		Expect(aws.ToString(options.BaseEndpoint)).To(Equal("http://127.0.0.1:1"))
		Expect(options.Credentials.Retrieve(context.Background())).To(HaveField("AccessKeyID", "localcloud"))
	})
})
