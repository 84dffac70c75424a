package remediation_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/compliance-monitor/compliance-monitor/lambda-src/internal/remediation"
)

// FuzzBucketPolicy checks that whatever policy can be read is read the same after it was written, fixed and brought back.
func FuzzBucketPolicy(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, *policy(reading), *policy(without), *policy(reading, without), `{"Statement":` + reading + `}`,
		`{"Statement":[{"Effect":"Allow","Effect":"Deny"}]}`, `{"Statement":{"Effect":"Deny","Action":[["x"],[],1e400,null,true]}}`,
		"{\"Statement\":{\"Effect\":\"Deny\",\"Sid\":\"\u2028\xff\"}}", `{"Statement":{"Effect":"Deny","Resource":["b","a",["a"],["b"]]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ctx, bucket := context.Background(), &fakeS3{policy: &text}
		fix := ofBucket(bucket, remediation.S3TLSOnly)
		before, err := fix.Read(ctx, data)
		if err != nil {
			return
		}
		plan, err := fix.Plan(data, before, nil)
		if err != nil || len(plan.Changes) == 0 {
			return
		}
		for _, step := range [][2]remediation.State{{before, plan.After}, {plan.After, before}} {
			if err := fix.Write(ctx, data, step[0], step[1]); err != nil {
				t.Fatal(err)
			}
			found, err := fix.Read(ctx, data)
			if err != nil || !bytes.Equal(found, step[1]) {
				t.Fatalf("wrote %s, read %s: %v", step[1], found, err)
			}
		}
	})
}
