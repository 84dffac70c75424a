// Package resource says where in AWS a person finds a resource that AWS Config knows by its type and id.
package resource

import (
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Resource is one resource of an account.
type Resource struct {
	Type    string // as AWS Config spells it, such as AWS::S3::Bucket
	ID      string // as AWS Config knows it
	Account string
	Region  string
}

// partition of us-east-1, the only region that the monitor is deployed to.
const partition = "aws"

// arnForms are the ARNs that follow from an id alone. A type whose ids say too little (RDS's DbiResourceId,
// IAM's AIDA…) is not among them.
var arnForms = map[string]arn.ARN{
	"AWS::S3::Bucket":         {Service: "s3"},
	"AWS::EC2::Instance":      {Service: "ec2", Region: "+", AccountID: "+", Resource: "instance/"},
	"AWS::EC2::Volume":        {Service: "ec2", Region: "+", AccountID: "+", Resource: "volume/"},
	"AWS::EC2::SecurityGroup": {Service: "ec2", Region: "+", AccountID: "+", Resource: "security-group/"},
	"AWS::EC2::VPC":           {Service: "ec2", Region: "+", AccountID: "+", Resource: "vpc/"},
	"AWS::EC2::Subnet":        {Service: "ec2", Region: "+", AccountID: "+", Resource: "subnet/"},
	"AWS::KMS::Key":           {Service: "kms", Region: "+", AccountID: "+", Resource: "key/"},
	"AWS::Lambda::Function":   {Service: "lambda", Region: "+", AccountID: "+", Resource: "function:"},
}

// ARN is the resource's ARN, where its id tells it.
func (r Resource) ARN() (string, bool) {
	if arn.IsARN(r.ID) {
		return r.ID, true
	}
	form, ok := arnForms[r.Type]
	if !ok {
		return "", false
	}
	form.Partition = partition
	form.Resource += r.ID
	if form.Region != "" {
		form.Region = r.Region
	}
	if form.AccountID != "" {
		form.AccountID = r.Account
	}
	return form.String(), true
}

// ConsoleURL is the page of AWS's console with the resource's timeline of configuration and compliance.
func (r Resource) ConsoleURL() string {
	query := url.Values{"resourceId": {r.ID}, "resourceType": {r.Type}}
	return "https://" + r.Region + ".console.aws.amazon.com/config/home?region=" + url.QueryEscape(r.Region) +
		"#/resources/timeline?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// String is how the resource is called in a sentence.
func (r Resource) String() string {
	return r.Type + " " + r.ID
}
