package functions

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/compliance-monitor/compliance-monitor/contract/names"
)

// json is the document as the functions read it. Its types hold nothing that could fail to marshal.
func (d document) json() string {
	text, _ := json.Marshal(d) //nolint:errchkjson // a number and strings only
	return string(text)
}

// putExemptions puts the exemptions where the functions read them. Naming the key and its algorithm says what the
// bucket's policy demands of those who name either.
func (l *layer) putExemptions(exempt document) (*s3.BucketObjectv2, error) {
	object, err := s3.NewBucketObjectv2(l.ctx, "exemptions", &s3.BucketObjectv2Args{
		Bucket:               pulumi.String(l.upstream.Foundation.ReportsBucketName),
		Key:                  pulumi.String(names.ExemptionsKey),
		Content:              pulumi.String(exempt.json()),
		ContentType:          pulumi.String("application/json"),
		ServerSideEncryption: pulumi.String("aws:kms"),
		KmsKeyId:             pulumi.String(l.upstream.Foundation.KeyARN),
		BucketKeyEnabled:     pulumi.Bool(true),
		Tags:                 l.env.Tags("Lists what the remediator leaves alone"),
	}, l.env.Options()...)
	if err != nil {
		return nil, fmt.Errorf("putting the exemptions into the reports bucket: %w", err)
	}
	return object, nil
}
