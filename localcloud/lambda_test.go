package localcloud_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// packaged is a zip with a bootstrap of the given text.
func packaged(text string) []byte {
	GinkgoHelper()
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	file, err := archive.Create("bootstrap")
	Expect(err).NotTo(HaveOccurred())
	_, err = file.Write([]byte(text))
	Expect(err).NotTo(HaveOccurred())
	Expect(archive.Close()).To(Succeed())
	return content.Bytes()
}

const (
	queueARN = "arn:aws:sqs:us-east-1:123456789012:dlq"
	keyARN   = "arn:aws:kms:us-east-1:123456789012:key/k"
)

var _ = Describe("A function", func() {
	var (
		functions *lambda.Client
		name      string
	)

	BeforeEach(func(ctx SpecContext) {
		functions = lambda.NewFromConfig(client)
		name = "fn-" + rand.Text()
		role, err := iam.NewFromConfig(client).CreateRole(ctx, &iam.CreateRoleInput{
			RoleName:                 &name,
			AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
		})
		Expect(err).NotTo(HaveOccurred())
		created, err := functions.CreateFunction(ctx, &lambda.CreateFunctionInput{
			FunctionName: &name, Role: role.Role.Arn, Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
			Code: &types.FunctionCode{ZipFile: packaged("one")}, Publish: true,
			LoggingConfig:    &types.LoggingConfig{LogFormat: types.LogFormatJson, LogGroup: aws.String("group")},
			KMSKeyArn:        aws.String(keyARN),
			DeadLetterConfig: &types.DeadLetterConfig{TargetArn: aws.String(queueARN)},
			TracingConfig:    &types.TracingConfig{Mode: types.TracingModeActive},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(*created.KMSKeyArn).To(Equal(keyARN))
		Expect(*created.Version).To(Equal("1"))
	})

	get := func(ctx context.Context, qualifier string) *types.FunctionConfiguration {
		GinkgoHelper()
		input := &lambda.GetFunctionInput{FunctionName: &name}
		if qualifier != "" {
			input.Qualifier = &qualifier
		}
		out, err := functions.GetFunction(ctx, input)
		Expect(err).NotTo(HaveOccurred())
		return out.Configuration
	}
	keepsAll := And(
		HaveField("LoggingConfig", HaveValue(Equal(types.LoggingConfig{
			LogFormat: types.LogFormatJson, LogGroup: aws.String("group"),
			ApplicationLogLevel: types.ApplicationLogLevelInfo, SystemLogLevel: types.SystemLogLevelInfo,
		}))),
		HaveField("KMSKeyArn", HaveValue(Equal(keyARN))),
		HaveField("DeadLetterConfig.TargetArn", HaveValue(Equal(queueARN))),
		HaveField("TracingConfig.Mode", types.TracingModeActive),
		HaveField("RevisionId", HaveValue(Not(BeEmpty()))),
	)

	It("should keep its attributes in every answer", func(ctx SpecContext) {
		Expect(get(ctx, "")).To(keepsAll)
		Expect(get(ctx, "1")).To(keepsAll)
		configuration, err := functions.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(configuration).To(keepsAll)
		versions, err := functions.ListVersionsByFunction(ctx, &lambda.ListVersionsByFunctionInput{FunctionName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(versions.Versions).To(HaveExactElements(keepsAll, keepsAll))
		listed, err := functions.ListFunctions(ctx, &lambda.ListFunctionsInput{})
		Expect(err).NotTo(HaveOccurred())
		Expect(listed.Functions).To(ContainElement(And(HaveField("FunctionName", HaveValue(Equal(name))), keepsAll)))
	})

	It("should change them, and leave published versions as they were", func(ctx SpecContext) {
		_, err := functions.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName:     &name,
			LoggingConfig:    &types.LoggingConfig{LogFormat: types.LogFormatText},
			KMSKeyArn:        aws.String(""),
			DeadLetterConfig: &types.DeadLetterConfig{TargetArn: aws.String("")},
			TracingConfig:    &types.TracingConfig{Mode: types.TracingModePassThrough},
			EphemeralStorage: &types.EphemeralStorage{Size: aws.Int32(1024)},
		})
		Expect(err).NotTo(HaveOccurred())
		changed := And(
			HaveField("LoggingConfig", HaveValue(Equal(types.LoggingConfig{LogFormat: types.LogFormatText, LogGroup: aws.String("group")}))),
			HaveField("KMSKeyArn", BeNil()), HaveField("DeadLetterConfig", BeNil()),
			HaveField("TracingConfig.Mode", types.TracingModePassThrough), HaveField("EphemeralStorage.Size", HaveValue(BeEquivalentTo(1024))),
		)
		Expect(get(ctx, "")).To(changed)
		Expect(get(ctx, "1")).To(keepsAll)
		published, err := functions.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(published).To(And(HaveField("Version", HaveValue(Equal("2"))), changed))
	})

	It("should change its architecture with its code", func(ctx SpecContext) {
		out, err := functions.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{
			FunctionName: &name, ZipFile: packaged("two"), Architectures: []types.Architecture{types.ArchitectureArm64},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.Architectures).To(HaveExactElements(types.ArchitectureArm64))
		Expect(get(ctx, "").Architectures).To(HaveExactElements(types.ArchitectureArm64))
		Expect(get(ctx, "1").Architectures).To(HaveExactElements(types.ArchitectureX8664))
	})

	It("should keep a reserved concurrency of zero", func(ctx SpecContext) {
		_, err := functions.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &name, ReservedConcurrentExecutions: aws.Int32(0)})
		Expect(err).NotTo(HaveOccurred())
		out, err := functions.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.Concurrency.ReservedConcurrentExecutions).To(HaveValue(BeEquivalentTo(0)))
		_, err = functions.DeleteFunctionConcurrency(ctx, &lambda.DeleteFunctionConcurrencyInput{FunctionName: &name})
		Expect(err).NotTo(HaveOccurred())
		out, err = functions.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.Concurrency).To(BeNil())
	})

	It("should leave what moto refuses as it was", func(ctx SpecContext) {
		_, err := functions.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
			FunctionName: &name, KMSKeyArn: aws.String(""), Layers: []string{"arn:aws:lambda:us-east-1:123456789012:layer:none:1"},
		})
		Expect(err).To(HaveOccurred())
		Expect(get(ctx, "")).To(keepsAll)
	})

	It("should start anew after it was deleted", func(ctx SpecContext) {
		role := get(ctx, "").Role
		_, err := functions.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
		Expect(err).NotTo(HaveOccurred())
		_, err = functions.CreateFunction(ctx, &lambda.CreateFunctionInput{
			FunctionName: &name, Role: role, Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
			Code: &types.FunctionCode{ZipFile: packaged("one")},
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(get(ctx, "")).To(And(HaveField("KMSKeyArn", BeNil()), HaveField("LoggingConfig.LogGroup", HaveValue(Equal("/aws/lambda/"+name)))))
	})

	Describe("its permissions", func() {
		add := func(ctx context.Context, sid string, qualifier *string) error {
			_, err := functions.AddPermission(ctx, &lambda.AddPermissionInput{
				FunctionName: &name, Qualifier: qualifier, StatementId: &sid, Action: aws.String("lambda:InvokeFunction"),
				Principal: aws.String("events.amazonaws.com"), SourceArn: aws.String("arn:aws:events:us-east-1:123456789012:rule/r"), SourceAccount: aws.String("123456789012"),
			})
			return err
		}
		policy := func(ctx context.Context, qualifier *string) (string, error) {
			out, err := functions.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &name, Qualifier: qualifier})
			if err != nil {
				return "", err
			}
			return *out.Policy, nil
		}

		It("should be kept, each under its qualifier", func(ctx SpecContext) {
			Expect(add(ctx, "own", nil)).To(Succeed())
			Expect(add(ctx, "own", aws.String("1"))).To(Succeed())
			Expect(policy(ctx, aws.String("1"))).To(MatchJSON(`{"Version":"2012-10-17","Id":"default","Statement":[{
				"Sid":"own","Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"lambda:InvokeFunction",
				"Resource":"arn:aws:lambda:us-east-1:123456789012:function:` + name + `:1",
				"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:events:us-east-1:123456789012:rule/r"},"StringEquals":{"AWS:SourceAccount":"123456789012"}}}]}`))
			_, err := functions.RemovePermission(ctx, &lambda.RemovePermissionInput{FunctionName: &name, StatementId: aws.String("own"), Qualifier: aws.String("1")})
			Expect(err).NotTo(HaveOccurred())
			_, err = policy(ctx, aws.String("1"))
			Expect(err).To(code("ResourceNotFoundException"))
			Expect(policy(ctx, nil)).To(ContainSubstring(`"own"`))
		})

		It("should not be added twice, and not removed twice", func(ctx SpecContext) {
			Expect(add(ctx, "once", nil)).To(Succeed())
			Expect(add(ctx, "once", nil)).To(code("ResourceConflictException"))
			remove := func() error {
				_, err := functions.RemovePermission(ctx, &lambda.RemovePermissionInput{FunctionName: &name, StatementId: aws.String("once")})
				return err
			}
			Expect(remove()).To(Succeed())
			Expect(remove()).To(code("ResourceNotFoundException"))
		})

		It("should go with the alias that they are under", func(ctx SpecContext) {
			alias := &lambda.CreateAliasInput{FunctionName: &name, Name: aws.String("live"), FunctionVersion: aws.String("1")}
			_, err := functions.CreateAlias(ctx, alias)
			Expect(err).NotTo(HaveOccurred())
			Expect(add(ctx, "own", alias.Name)).To(Succeed())
			_, err = functions.DeleteAlias(ctx, &lambda.DeleteAliasInput{FunctionName: &name, Name: alias.Name})
			Expect(err).NotTo(HaveOccurred())
			_, err = functions.CreateAlias(ctx, alias)
			Expect(err).NotTo(HaveOccurred())
			_, err = policy(ctx, alias.Name)
			Expect(err).To(code("ResourceNotFoundException"))
		})

		It("should be refused for a function that does not exist", func(ctx SpecContext) {
			name = "nobody"
			Expect(add(ctx, "own", nil)).To(code("ResourceNotFoundException"))
		})
	})

	Describe("its settings of asynchronous invocation", func() {
		It("should be put, changed, listed and taken away", func(ctx SpecContext) {
			_, err := functions.PutFunctionEventInvokeConfig(ctx, &lambda.PutFunctionEventInvokeConfigInput{
				FunctionName: &name, MaximumRetryAttempts: aws.Int32(0),
				DestinationConfig: &types.DestinationConfig{OnFailure: &types.OnFailure{Destination: aws.String(queueARN)}},
			})
			Expect(err).NotTo(HaveOccurred())
			_, err = functions.PutFunctionEventInvokeConfig(ctx, &lambda.PutFunctionEventInvokeConfigInput{
				FunctionName: &name, Qualifier: aws.String("1"), MaximumRetryAttempts: aws.Int32(2),
			})
			Expect(err).NotTo(HaveOccurred())
			_, err = functions.UpdateFunctionEventInvokeConfig(ctx, &lambda.UpdateFunctionEventInvokeConfigInput{
				FunctionName: &name, MaximumEventAgeInSeconds: aws.Int32(600),
			})
			Expect(err).NotTo(HaveOccurred())
			got, err := functions.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{FunctionName: &name})
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(And(
				HaveField("MaximumRetryAttempts", HaveValue(BeEquivalentTo(0))), HaveField("MaximumEventAgeInSeconds", HaveValue(BeEquivalentTo(600))),
				HaveField("DestinationConfig.OnFailure.Destination", HaveValue(Equal(queueARN))),
				HaveField("FunctionArn", HaveValue(HaveSuffix(name+":$LATEST"))), HaveField("LastModified", Not(BeNil())),
			))
			listed, err := functions.ListFunctionEventInvokeConfigs(ctx, &lambda.ListFunctionEventInvokeConfigsInput{FunctionName: &name})
			Expect(err).NotTo(HaveOccurred())
			Expect(listed.FunctionEventInvokeConfigs).To(HaveLen(2))
			_, err = functions.DeleteFunctionEventInvokeConfig(ctx, &lambda.DeleteFunctionEventInvokeConfigInput{FunctionName: &name})
			Expect(err).NotTo(HaveOccurred())
			_, err = functions.GetFunctionEventInvokeConfig(ctx, &lambda.GetFunctionEventInvokeConfigInput{FunctionName: &name})
			Expect(err).To(code("ResourceNotFoundException"))
		})

		It("should not be changed before they are put", func(ctx SpecContext) {
			_, err := functions.UpdateFunctionEventInvokeConfig(ctx, &lambda.UpdateFunctionEventInvokeConfigInput{FunctionName: &name})
			Expect(err).To(code("ResourceNotFoundException"))
		})
	})
})
