package deploy

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/compliance-monitor/compliance-monitor/stacks"
)

const checkpoint = `{"manifest":{},"resources":[
 {"urn":"urn:pulumi:prod::p::pulumi:pulumi:Stack::p-prod","type":"pulumi:pulumi:Stack","outputs":{"keyArn":"arn"}},
 {"urn":"urn:pulumi:prod::p::aws:s3/bucketV2:BucketV2::reports","type":"aws:s3/bucketV2:BucketV2","id":"reports-1",
  "outputs":{"forceDestroy":false}}]}`

var _ = Describe("The state of a layer", func() {
	layer := stacks.Layer{Name: "foundation"}

	It("should be the stack's outputs and all other resources", func() {
		Expect(parseState(layer, []byte(checkpoint))).To(Equal(State{
			Outputs: map[string]any{"keyArn": "arn"},
			Resources: []Resource{{
				URN: "urn:pulumi:prod::p::aws:s3/bucketV2:BucketV2::reports", Type: bucketType, ID: "reports-1",
				Outputs: map[string]any{"forceDestroy": false},
			}},
		}))
	})

	It("should be empty where nothing was ever deployed", func() {
		Expect(parseState(layer, []byte(`{"manifest":{}}`))).To(Equal(State{}))
	})

	It("should be an error that names the layer where it can't be read", func() {
		_, err := parseState(layer, []byte(`{"resources":1}`))
		Expect(err).To(MatchError(ContainSubstring("reading the state of layer foundation")))
	})
})

func FuzzParseState(f *testing.F) {
	for _, seed := range []string{checkpoint, `{}`, `null`, `{"resources":[{}]}`, `{"resources":[{"outputs":1}]}`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		state, err := parseState(stacks.Layer{Name: "foundation"}, text)
		for _, resource := range state.Resources {
			if err == nil && resource.Type == stackType {
				t.Fatal("the stack is among the resources")
			}
		}
	})
}

// knowing is a runner that knows the states of all layers; those that are not given have not been deployed.
func knowing(states map[string]State) *Runner {
	r := &Runner{target: Target{Stack: "prod"}, out: &bytes.Buffer{}, states: map[string]func() (State, error){}}
	for _, layer := range stacks.Layers() {
		state := states[layer.Name]
		r.states[layer.Name] = func() (State, error) { return state, nil }
	}
	return r
}

var _ = Describe("Layers that are to go", func() {
	deployed := State{Outputs: map[string]any{"a": "b"}, Resources: []Resource{{ID: "x"}}}

	It("should not go while a layer that stays is built on them", func() {
		err := knowing(map[string]State{"foundation": deployed, "config-rules": deployed}).
			CheckDownstream(context.Background(), []stacks.Layer{layerNamed("foundation")})
		Expect(err).To(MatchError("nothing was destroyed: in stack prod, layer config-rules is built on layer foundation; " +
			"destroy config-rules first, or in the same run"))
	})

	It("should be told of all layers that are built on them, in the order in which these have to go", func() {
		err := knowing(map[string]State{"foundation": deployed, "config-rules": deployed, "functions": deployed}).
			CheckDownstream(context.Background(), []stacks.Layer{layerNamed("foundation")})
		Expect(err).To(MatchError("nothing was destroyed: in stack prod, layers functions, config-rules are built on layer foundation; " +
			"destroy functions, config-rules first, or in the same run"))
	})

	It("should go together with all that is built on them", func() {
		r := knowing(map[string]State{"foundation": deployed, "config-rules": deployed})
		Expect(r.CheckDownstream(context.Background(), []stacks.Layer{layerNamed("foundation"), layerNamed("config-rules")})).To(Succeed())
	})

	It("should go where nothing is built on them", func() {
		r := knowing(map[string]State{"foundation": deployed, "config-rules": deployed})
		Expect(r.CheckDownstream(context.Background(), []stacks.Layer{layerNamed("config-rules")})).To(Succeed())
	})
})

// fakeBucket answers with what it holds.
type fakeBucket struct {
	held  s3.ListObjectVersionsOutput
	err   error
	asked []string
}

func (f *fakeBucket) ListObjectVersions(
	_ context.Context, in *s3.ListObjectVersionsInput, _ ...func(*s3.Options),
) (*s3.ListObjectVersionsOutput, error) {
	f.asked = append(f.asked, aws.ToString(in.Bucket))
	return &f.held, f.err
}

var _ = Describe("A bucket that is to go", func() {
	check := func(bucket *fakeBucket, forceDestroy any) error {
		state := State{Resources: []Resource{
			{Type: "aws:sns/topic:Topic", ID: "topic"},
			{Type: bucketType, ID: "reports-1", Outputs: map[string]any{"forceDestroy": forceDestroy}},
		}}
		return knowing(map[string]State{"foundation": state}).CheckBucket(context.Background(), layerNamed("foundation"), bucket)
	}
	full := s3.ListObjectVersionsOutput{Versions: []types.ObjectVersion{{}}}
	deleted := s3.ListObjectVersionsOutput{DeleteMarkers: []types.DeleteMarkerEntry{{}}}

	It("should go when it is empty", func() {
		bucket := &fakeBucket{}
		Expect(check(bucket, false)).To(Succeed())
		Expect(bucket.asked).To(Equal([]string{"reports-1"}))
	})

	It("should go with all it holds when the settings allow it, without being asked", func() {
		bucket := &fakeBucket{held: full}
		Expect(check(bucket, true)).To(Succeed())
		Expect(bucket.asked).To(BeEmpty())
	})

	DescribeTable("should stay with what it holds otherwise, and the error should say what to do",
		func(held s3.ListObjectVersionsOutput) {
			Expect(check(&fakeBucket{held: held}, false)).To(MatchError(And(
				HavePrefix("nothing was destroyed: bucket reports-1 holds reports"),
				ContainSubstring("compliance-monitor-foundation:emptyBucketOnDestroy"),
				ContainSubstring("stacks/foundation/Pulumi.prod.yaml"),
				ContainSubstring("'go tool task deploy-foundation STACK=prod'"),
			)))
		},
		Entry("objects", full),
		Entry("old versions under delete markers", deleted),
	)

	It("should be no obstacle when somebody has deleted it", func() {
		Expect(check(&fakeBucket{err: &smithy.GenericAPIError{Code: "NoSuchBucket"}}, false)).To(Succeed())
	})

	It("should stay when it can't be asked", func() {
		Expect(check(&fakeBucket{err: errors.New("no network")}, false)).
			To(MatchError("asking whether bucket reports-1 is empty: no network"))
	})
})
