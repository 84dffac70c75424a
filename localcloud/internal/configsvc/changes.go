package configsvc

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/awsreq"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/evaluate"
	"github.com/compliance-monitor/compliance-monitor/localcloud/internal/s3svc"
)

// effect is what operations of a service change: those whose names have a part in them.
type effect struct {
	part  string
	types []string
}

// Types of resources that more than one operation changes.
const (
	bucketType   = "AWS::S3::Bucket"
	functionType = "AWS::Lambda::Function"
	instanceType = "AWS::EC2::Instance"
	volumeType   = "AWS::EC2::Volume"
	groupType    = "AWS::EC2::SecurityGroup"
	aclType      = "AWS::EC2::NetworkAcl"
	subnetType   = "AWS::EC2::Subnet"
	vpcType      = "AWS::EC2::VPC"
	databaseType = "AWS::RDS::DBInstance"
	balancerType = "AWS::ElasticLoadBalancingV2::LoadBalancer"
	scalingType  = "AWS::AutoScaling::AutoScalingGroup"
)

// effects are what operations change, by the signing name of their service, of the services whose requests name their
// operation. Of a type that is changed all resources are looked at again: one list tells it all.
var effects = map[string][]effect{
	"ec2": {
		{"Instance", []string{instanceType, volumeType}},
		{"Volume", []string{volumeType}},
		{"Address", []string{instanceType}},
		{"SecurityGroup", []string{groupType}},
		{"NetworkAcl", []string{aclType}},
		{"Subnet", []string{subnetType, aclType}},
		{"Vpc", []string{vpcType, groupType, aclType}},
		{"Tags", []string{instanceType, volumeType, vpcType}},
	},
	"rds": {
		{"DBInstance", []string{databaseType, "AWS::RDS::DBSnapshot"}},
		{"DBSnapshot", []string{databaseType, "AWS::RDS::DBSnapshot"}},
		{"DBCluster", []string{databaseType, "AWS::RDS::DBClusterSnapshot"}},
		{"ReadReplica", []string{databaseType}},
		{"Resource", []string{databaseType}}, // its tags
	},
	"dynamodb": {
		{"Table", []string{"AWS::DynamoDB::Table"}},
		{"ContinuousBackups", []string{"AWS::DynamoDB::Table"}},
		{"Resource", []string{"AWS::DynamoDB::Table"}},
	},
	"sns": {
		{"CreateTopic", []string{"AWS::SNS::Topic"}},
		{"DeleteTopic", []string{"AWS::SNS::Topic"}},
		{"SetTopicAttributes", []string{"AWS::SNS::Topic"}},
	},
	"secretsmanager": {
		{"Secret", []string{"AWS::SecretsManager::Secret"}},
	},
	"iam": {
		{"User", []string{"AWS::IAM::User"}},
		{"Group", []string{"AWS::IAM::Group"}},
		{"Role", []string{"AWS::IAM::Role"}},
		{"Policy", []string{"AWS::IAM::Policy"}},
	},
	"acm": {
		{"Certificate", []string{"AWS::ACM::Certificate"}},
	},
	"elasticloadbalancing": {
		{"LoadBalancer", []string{balancerType}},
		{"Tags", []string{balancerType}},
	},
	"autoscaling": {
		{"AutoScalingGroup", []string{scalingType, instanceType, volumeType}},
		{"Tags", []string{scalingType}},
	},
}

// reads are how the names of operations begin that change nothing.
var reads = []string{"Describe", "Get", "List", "Search", "Simulate", "Generate", "Lookup", "Query", "Scan", "BatchGet"}

// affected are the resources that a request may change, if it succeeds. It costs a read next to nothing.
func affected(r *http.Request, info *awsreq.Info) []evaluate.Resource {
	switch info.Service {
	case "s3":
		return affectedBucket(r)
	case "lambda":
		return affectedFunction(r)
	}
	known := effects[info.Service]
	if known == nil {
		return nil
	}
	for _, read := range reads {
		if strings.HasPrefix(info.Operation, read) {
			return nil
		}
	}
	var resources []evaluate.Resource
	for _, effect := range known {
		if !strings.Contains(info.Operation, effect.part) {
			continue
		}
		for _, kind := range effect.types {
			resources = append(resources, evaluate.Resource{Type: kind})
		}
		if info.Service != "iam" { // AttachUserPolicy changes both
			break
		}
	}
	return resources
}

// affectedBucket is the bucket whose settings a request changes. Objects are no resources of AWS Config. The account's
// block of public access is for all buckets.
func affectedBucket(r *http.Request) []evaluate.Resource {
	if r.Method != http.MethodPut && r.Method != http.MethodDelete {
		return nil
	}
	if s3svc.IsControl(r) {
		return []evaluate.Resource{{Type: bucketType}}
	}
	bucket, key := s3svc.Target(r)
	if bucket == "" || key != "" {
		return nil
	}
	return []evaluate.Resource{{Type: bucketType, ID: bucket}}
}

// affectedFunction is the function that a request changes: all of them when one is made, whose name is in the body.
func affectedFunction(r *http.Request) []evaluate.Resource {
	if r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/invocations") {
		return nil
	}
	_, rest, found := strings.Cut(r.URL.EscapedPath(), "/functions")
	if !found {
		return nil
	}
	escaped, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	name, err := url.PathUnescape(escaped)
	if err != nil {
		return nil
	}
	if _, unqualified, isARN := strings.Cut(name, ":function:"); isARN {
		name = unqualified
	}
	name, _, _ = strings.Cut(name, ":")
	return []evaluate.Resource{{Type: functionType, ID: name}}
}

// Watch looks at a request before it is served. If it may change resources, Watch gives a function to call with the
// status that was answered, so that the rules look at the resources again; otherwise it gives nil.
func (h *Handler) Watch(r *http.Request, info *awsreq.Info) func(status int) {
	resources := affected(r, info)
	if len(resources) == 0 {
		return nil
	}
	return func(status int) {
		if status >= http.StatusMultipleChoices {
			return
		}
		for _, resource := range resources {
			h.engine.changed(resource)
		}
	}
}
