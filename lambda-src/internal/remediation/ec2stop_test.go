package remediation_test

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/resource"
)

// webserver is the resource that specs of instances are about.
var webserver = resource.Resource{Type: "AWS::EC2::Instance", ID: "i-1", Account: account, Region: "us-east-1"}

// instance is a running one.
func instance() *types.Instance {
	return &types.Instance{
		InstanceId: aws.String("i-1"), InstanceType: "m5.metal-24xl", RootDeviceType: types.DeviceTypeEbs,
		State: &types.InstanceState{Name: types.InstanceStateNameRunning},
		MetadataOptions: &types.InstanceMetadataOptionsResponse{
			HttpTokens: types.HttpTokensStateOptional, HttpEndpoint: types.InstanceMetadataEndpointStateEnabled, HttpPutResponseHopLimit: aws.Int32(2),
		},
		Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("web")}, {Key: aws.String("Empty")}},
	}
}

// ofInstances are the specs of reading an instance, whichever remediation reads it.
func ofInstances(name string) {
	ctx := context.Background()
	DescribeTable("should not plan from what it could not read",
		func(spoil func(cloud *fakeEC2), wanted OmegaMatcher) {
			cloud := &fakeEC2{instance: instance(), errs: map[string]error{}}
			spoil(cloud)
			fix := remediation.All(remediation.Clients{EC2: cloud}, keyARN)[name]
			Expect(fix.Read(ctx, webserver)).Error().To(wanted)
			Expect(fix.Tags(ctx, webserver)).Error().To(wanted)
			Expect(cloud.written).To(BeEmpty())
		},
		Entry("when EC2 does not let it", func(c *fakeEC2) { c.errs["DescribeInstances"] = answer("UnauthorizedOperation") },
			And(HaveOccurred(), Not(MatchError(remediation.ErrGone)))),
		Entry("when there is no such instance", func(c *fakeEC2) { c.errs["DescribeInstances"] = answer("InvalidInstanceID.NotFound") },
			MatchError(remediation.ErrGone)),
		Entry("when it is being terminated", func(c *fakeEC2) { c.instance.State.Name = types.InstanceStateNameShuttingDown },
			MatchError(remediation.ErrGone)),
		Entry("when it is terminated", func(c *fakeEC2) { c.instance.State.Name = types.InstanceStateNameTerminated }, MatchError(remediation.ErrGone)),
		Entry("when the answer has no instance", func(c *fakeEC2) { c.empty = true }, MatchError(ContainSubstring("exactly this instance"))),
		Entry("when the answer is about another", func(c *fakeEC2) { c.instance.InstanceId = aws.String("i-2") },
			MatchError(ContainSubstring("exactly this instance"))),
		Entry("when the answer has no state", func(c *fakeEC2) { c.instance.State = nil }, MatchError(ContainSubstring("in which state"))),
		Entry("when the state has no name", func(c *fakeEC2) { c.instance.State.Name = "" }, MatchError(ContainSubstring("in which state"))),
	)

	It("should read the instance's tags", func() {
		fix := remediation.All(remediation.Clients{EC2: &fakeEC2{instance: instance()}}, keyARN)[name]
		Expect(fix.Tags(ctx, webserver)).To(Equal(map[string]string{"Team": "web", "Empty": ""}))
	})
}

var _ = Describe("The remediation of instance types", func() {
	ctx := context.Background()
	var cloud *fakeEC2
	var fix remediation.Remediation
	allowed := remediation.Parameters{"instanceType": "t3.micro, t3.small"}

	BeforeEach(func() {
		cloud = &fakeEC2{instance: instance(), errs: map[string]error{}}
		fix = remediation.All(remediation.Clients{EC2: cloud}, keyARN)[remediation.EC2StopDisallowedType]
	})

	ofInstances(remediation.EC2StopDisallowedType)

	It("should stop an instance of a type that is not allowed, and start it again to undo that", func() {
		plan := undone(fix, webserver, allowed)
		Expect(plan.Changes).To(Equal([]remediation.Change{{Property: "State", Before: "running", After: "stopped"}}))
		Expect(plan.After).To(MatchJSON(`{"state":"stopped","instanceType":"m5.metal-24xl","rootDeviceType":"ebs"}`))
		Expect(cloud.written).To(Equal([]string{"StopInstances", "StopInstances", "StartInstances", "StartInstances"}))
		Expect(cloud.asked).To(ContainElements(
			&ec2.StopInstancesInput{InstanceIds: []string{"i-1"}}, &ec2.StartInstancesInput{InstanceIds: []string{"i-1"}}))
	})

	DescribeTable("should leave alone",
		func(state types.InstanceStateName, kind types.InstanceType) {
			cloud.instance.State.Name, cloud.instance.InstanceType = state, kind
			plan, err := planned(fix, webserver, allowed)
			Expect(err).NotTo(HaveOccurred())
			Expect(plan.Changes).To(BeEmpty())
		},
		Entry("an instance of an allowed type", types.InstanceStateNameRunning, types.InstanceTypeT3Small),
		Entry("one that is stopped already", types.InstanceStateNameStopped, types.InstanceTypeM5Large),
		Entry("one that is about to be stopped", types.InstanceStateNameStopping, types.InstanceTypeM5Large),
	)

	It("should stop one that is about to run", func() {
		cloud.instance.State.Name = types.InstanceStateNamePending
		plan, err := planned(fix, webserver, allowed)
		Expect(err).NotTo(HaveOccurred())
		Expect(plan.Changes).To(HaveLen(1))
	})

	DescribeTable("should say why it can't stop",
		func(spoil func(), why string) {
			spoil()
			Expect(planned(fix, webserver, allowed)).Error().To(MatchError(ContainSubstring(why)))
		},
		Entry("an instance whose root is an instance store", func() { cloud.instance.RootDeviceType = types.DeviceTypeInstanceStore },
			"AWS can't stop it"),
		Entry("a Spot Instance", func() { cloud.instance.InstanceLifecycle = types.InstanceLifecycleTypeSpot }, "it is a Spot Instance"),
	)

	DescribeTable("should stop nothing for a parameter that it does not understand, such as",
		func(parameters remediation.Parameters) {
			Expect(planned(fix, webserver, parameters)).Error().To(MatchError(ContainSubstring("the rule's parameter instanceType is")))
		},
		Entry("none", remediation.Parameters{}),
		Entry("an empty list", remediation.Parameters{"instanceType": " , "}),
		Entry("a pattern", remediation.Parameters{"instanceType": "t3.micro,m5.*"}),
		Entry("capitals", remediation.Parameters{"instanceType": "T3.MICRO"}),
		Entry("a list with other separators", remediation.Parameters{"instanceType": "t3.micro;t3.small"}),
		Entry("a family", remediation.Parameters{"instanceType": "t3"}),
		Entry("a family without a size", remediation.Parameters{"instanceType": "t3."}),
		Entry("a size without a family", remediation.Parameters{"instanceType": ".micro"}),
	)

	It("should pass on EC2's refusals", func() {
		plan, err := planned(fix, webserver, allowed)
		Expect(err).NotTo(HaveOccurred())
		cloud.errs["StopInstances"], cloud.errs["StartInstances"] = answer("OperationNotPermitted"), answer("IncorrectInstanceState")
		Expect(fix.Write(ctx, webserver, plan.Before, plan.After)).To(MatchError(cloud.errs["StopInstances"]))
		Expect(fix.Write(ctx, webserver, plan.After, plan.Before)).To(MatchError(cloud.errs["StartInstances"]))
		Expect(cloud.written).To(BeEmpty())
	})

	DescribeTable("should not plan from an answer",
		func(spoil func(), why string) {
			spoil()
			Expect(fix.Read(ctx, webserver)).Error().To(MatchError(ContainSubstring(why)))
		},
		Entry("without a type", func() { cloud.instance.InstanceType = "" }, "does not tell its type"),
		Entry("without the root device's type", func() { cloud.instance.RootDeviceType = "" }, "does not tell its type"),
		Entry("with an unknown state", func() { cloud.instance.State.Name = "rebooting" }, `its state "rebooting" is unknown`),
	)
})
